/* The token that the installer was given: from the registry into a file that the agent deletes when it is used. */
#include "registry.h"

static BOOL write_all(const wchar_t *path, const char *text, DWORD length) {
  HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return FALSE;
  DWORD written = 0;
  BOOL is_kept = WriteFile(file, text, length, &written, NULL) && written == length && FlushFileBuffers(file);
  CloseHandle(file);
  return is_kept;
}

/* Whole or not at all: it replaces one that was there. */
static BOOL keep(const wchar_t *token) {
  wchar_t path[LONG_PATH], fresh[LONG_PATH];
  char text[VALUE_SIZE * 3];
  int size = WideCharToMultiByte(CP_UTF8, 0, token, -1, text, sizeof text, NULL, NULL);
  BOOL is_kept = size > 0 && state_path(TOKEN_FILE, path) && state_path(TOKEN_FILE L".new", fresh) &&
                 write_all(fresh, text, (DWORD)size - 1) &&
                 MoveFileExW(fresh, path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
  SecureZeroMemory(text, sizeof text);
  return is_kept;
}

void move_token(void) {
  wchar_t token[VALUE_SIZE];
  if (read_value(ENROLMENT_KEY, L"Token", token)) {
    if (keep(token)) delete_value(ENROLMENT_KEY, L"Token");
    else report(EVENTLOG_ERROR_TYPE, L"The enrolment token cannot be kept in a file (error %lu); it stays in the registry.",
                GetLastError());
  }
  SecureZeroMemory(token, sizeof token);
}
