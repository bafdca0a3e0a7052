/* `fettle-agent VERB …` of people: Node with the agent, in this console, with the settings that the service has. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* What stands behind the program's own name, as it stands: quoted by whoever wrote it, and read by Node by the same rules. */
static const wchar_t *own_words(void) {
  const wchar_t *line = GetCommandLineW();
  BOOL is_quoted = FALSE;
  for (; *line != L'\0' && (is_quoted || (*line != L' ' && *line != L'\t')); line += 1)
    if (*line == L'"') is_quoted = !is_quoted;
  while (*line == L' ' || *line == L'\t') line += 1;
  return line;
}

/* Node decides what Ctrl-C means, and this process waits for it. */
static BOOL WINAPI leave_to_node(DWORD event) {
  (void)event;
  return TRUE;
}

static int fail(void) {
  fwprintf(stderr, L"fettle-agent: node.exe beside it cannot be started: error %lu. Install the package again.\n", GetLastError());
  return 1;
}

int run_command(void) {
  wchar_t *line = NULL, *environment = child_environment(FALSE);
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  DWORD code = 1;
  SetConsoleCtrlHandler(leave_to_node, TRUE);
  if (environment == NULL || !command_line(own_words(), &line) ||
      !CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_UNICODE_ENVIRONMENT, environment, NULL, &startup, &process))
    return fail();
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  return (int)code;
}
