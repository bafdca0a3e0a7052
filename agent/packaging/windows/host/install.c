/* Where things are: beside this executable, and below the machine's folder for data. */
#include "host.h"

#include <shlobj.h>
#include <wchar.h>

#ifndef NODE_FLAGS
#error "NODE_FLAGS: what the agent's Node is started with"
#endif

static BOOL join(wchar_t path[LONG_PATH], const wchar_t *folder, const wchar_t *name) {
  return swprintf(path, LONG_PATH, L"%ls\\%ls", folder, name) > 0;
}

BOOL installed_path(const wchar_t *name, wchar_t path[LONG_PATH]) {
  wchar_t own[LONG_PATH];
  DWORD length = GetModuleFileNameW(NULL, own, LONG_PATH);
  if (length == 0 || length == LONG_PATH) return FALSE;
  wchar_t *slash = wcsrchr(own, L'\\');
  if (slash == NULL) return FALSE;
  *slash = L'\0';
  return join(path, own, name);
}

/* Asked of Windows and not of the environment, which whoever started us has made. */
BOOL data_folder(wchar_t path[LONG_PATH]) {
  wchar_t *known = NULL;
  BOOL is_known = SHGetKnownFolderPath(&FOLDERID_ProgramData, 0, NULL, &known) == S_OK && wcslen(known) < LONG_PATH;
  if (is_known) wcscpy(path, known);
  CoTaskMemFree(known);
  return is_known;
}

BOOL state_path(const wchar_t *name, wchar_t path[LONG_PATH]) {
  wchar_t data[LONG_PATH], folder[LONG_PATH];
  if (!data_folder(data) || !join(folder, data, L"Fettle")) return FALSE;
  if (*name != L'\0') return join(path, folder, name);
  wcscpy(path, folder);
  return TRUE;
}

/* Node, what it is started with, the agent, and `words` as they stand. To be freed. */
BOOL command_line(const wchar_t *words, wchar_t **line) {
  wchar_t node[LONG_PATH], script[LONG_PATH];
  if (!installed_path(L"node.exe", node) || !installed_path(L"agent.js", script)) return FALSE;
  size_t size = wcslen(node) + wcslen(NODE_FLAGS) + wcslen(script) + wcslen(words) + 16;
  *line = calloc(size, sizeof(wchar_t));
  if (*line == NULL) return FALSE;
  return swprintf(*line, size, L"\"%ls\" %ls \"%ls\" %ls", node, NODE_FLAGS, script, words) > 0;
}
