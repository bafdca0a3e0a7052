/* What the agent writes to stderr: two files of a megabyte at most, and the last line for whoever asks why it ended. */
#include "host.h"

#define FILE_MAX (1 << 20)

static struct {
  char text[LAST_LINE];
  size_t length;
  BOOL is_complete;
} last;
static SRWLOCK lock = SRWLOCK_INIT;

static void remember(const char *bytes, DWORD count) {
  AcquireSRWLockExclusive(&lock);
  for (DWORD i = 0; i < count; i += 1) {
    if (bytes[i] == '\n') {
      last.is_complete = TRUE;
      continue;
    }
    if (last.is_complete) last.length = 0;
    last.is_complete = FALSE;
    if (last.length < LAST_LINE - 1 && bytes[i] != '\r') last.text[last.length++] = bytes[i];
  }
  ReleaseSRWLockExclusive(&lock);
}

void last_line(wchar_t line[LAST_LINE]) {
  AcquireSRWLockExclusive(&lock);
  int length = MultiByteToWideChar(CP_UTF8, 0, last.text, (int)last.length, line, LAST_LINE - 1);
  line[length] = L'\0';
  last.length = 0;
  ReleaseSRWLockExclusive(&lock);
}

static HANDLE open_log(void) {
  wchar_t path[LONG_PATH];
  if (!state_path(L"agent.log", path)) return INVALID_HANDLE_VALUE;
  return CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
}

static HANDLE with_room(HANDLE file) {
  wchar_t path[LONG_PATH], older[LONG_PATH];
  LARGE_INTEGER size;
  if (file == INVALID_HANDLE_VALUE || !GetFileSizeEx(file, &size) || size.QuadPart < FILE_MAX) return file;
  CloseHandle(file);
  if (state_path(L"agent.log", path) && state_path(L"agent.1.log", older))
    MoveFileExW(path, older, MOVEFILE_REPLACE_EXISTING);
  return open_log();
}

/* Ends with the child and all that it started: then nobody holds the other end. */
static DWORD WINAPI follow(void *output) {
  HANDLE file = open_log();
  char bytes[4096];
  DWORD count, written;
  while (ReadFile(output, bytes, sizeof bytes, &count, NULL) && count > 0) {
    remember(bytes, count);
    file = with_room(file);
    if (file != INVALID_HANDLE_VALUE) WriteFile(file, bytes, count, &written, NULL); /* on a full disk less is told */
  }
  if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
  CloseHandle(output);
  return 0;
}

/* Takes the handle. */
HANDLE start_child_log(HANDLE output) {
  HANDLE thread = CreateThread(NULL, 0, follow, output, 0, NULL);
  if (thread == NULL) CloseHandle(output);
  return thread;
}
