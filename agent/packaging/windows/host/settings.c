/* What the registry sets, as the environment of the agent: data from end to end, never a part of a command line. */
#include "registry.h"

#include <stdlib.h>
#include <wchar.h>

static const struct {
  const wchar_t *value, *variable;
} settings[] = {
    {L"ServerUrl", L"FETTLE_SERVER_URL"},
    {L"CaCert", L"FETTLE_CA_FILE"},
    {L"Proxy", L"FETTLE_PROXY"},
    {L"Tags", L"FETTLE_TAGS"},
};

#define COUNT (sizeof settings / sizeof *settings)
/* What Windows takes at most. */
#define BLOCK_SIZE 32767

typedef struct {
  wchar_t *next, *end;
} Block;

static void add(Block *block, const wchar_t *name, const wchar_t *value) {
  size_t length = wcslen(name) + 1 + wcslen(value) + 1;
  if (block->next + length >= block->end) return report(EVENTLOG_WARNING_TYPE, L"%ls does not fit any more.", name);
  swprintf(block->next, length, L"%ls=%ls", name, value);
  block->next += length;
}

/* Node does as its variables say, and could be made to load anything. */
static BOOL is_for_node(const wchar_t *entry) { return _wcsnicmp(entry, L"NODE_", 5) == 0; }

static BOOL is_ours(const wchar_t *entry) { return _wcsnicmp(entry, L"ProgramData=", 12) == 0; }

static void inherit(Block *block) {
  wchar_t *own = GetEnvironmentStringsW();
  if (own == NULL) return;
  for (const wchar_t *entry = own; *entry != L'\0'; entry += wcslen(entry) + 1) {
    size_t length = wcslen(entry) + 1;
    if (is_for_node(entry) || is_ours(entry) || block->next + length >= block->end) continue;
    wmemcpy(block->next, entry, length);
    block->next += length;
  }
  FreeEnvironmentStringsW(own);
}

static BOOL is_set(const wchar_t *variable) { return GetEnvironmentVariableW(variable, NULL, 0) > 0; }

static void add_settings(Block *block) {
  wchar_t value[VALUE_SIZE];
  for (size_t i = 0; i < COUNT; i += 1) {
    if (is_set(settings[i].variable)) continue;
    if (read_value(POLICY_KEY, settings[i].value, value) || read_value(INSTALLER_KEY, settings[i].value, value))
      add(block, settings[i].variable, value);
  }
}

static void add_token_file(Block *block) {
  wchar_t path[LONG_PATH];
  if (is_set(L"FETTLE_TOKEN_FILE") || !state_path(TOKEN_FILE, path)) return;
  if (GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES) add(block, L"FETTLE_TOKEN_FILE", path);
}

/* The agent finds its files by it. */
static void add_data_folder(Block *block) {
  wchar_t path[LONG_PATH];
  if (data_folder(path)) add(block, L"ProgramData", path);
}

/* To be freed; NULL where there is no memory. What is in the environment already counts for more than the registry. */
wchar_t *child_environment(BOOL is_service) {
  wchar_t *start = calloc(BLOCK_SIZE + 1, sizeof(wchar_t)); /* ends with the empty entry */
  if (start == NULL) return NULL;
  Block block = {start, start + BLOCK_SIZE};
  add_data_folder(&block);
  add_settings(&block); /* before what may leave no room for it */
  if (is_service) {
    add_token_file(&block);
    add(&block, L"UV_THREADPOOL_SIZE", L"2"); /* each thread costs memory for as long as the agent lives */
  }
  inherit(&block);
  return start;
}
