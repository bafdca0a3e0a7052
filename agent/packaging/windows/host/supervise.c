/* The agent kept running: when it ends by itself it is started again, sooner at first than later. */
#include "host.h"

#include <stdlib.h>

#define FIRST_WAIT_MS 1000
#define LONGEST_WAIT_MS 60000
/* Having run for so long it is well. */
#define WELL_MS 300000
/* The agent ends itself after 4 s of stopping. */
#define STOP_MS 6000

static SRWLOCK guard = SRWLOCK_INIT;
static Child child;
static BOOL is_running;
static const char *last_order;

/* From the service manager's thread. */
void pass_on(const char *order) {
  AcquireSRWLockExclusive(&guard);
  if (is_running) tell_child(&child, order);
  ReleaseSRWLockExclusive(&guard);
}

void stop_with(const char *order) { last_order = order; }

static BOOL start(void) {
  wchar_t *line = NULL, *environment = NULL;
  if (!secure_state_folder()) return FALSE;
  move_token();
  BOOL is_ready = command_line(L"run --stop-on-eof", &line) && (environment = child_environment(TRUE)) != NULL;
  AcquireSRWLockExclusive(&guard);
  is_running = is_ready && start_child(&child, line, environment);
  ReleaseSRWLockExclusive(&guard);
  DWORD error = GetLastError();
  free(line);
  free(environment);
  SetLastError(error);
  return is_running;
}

static void finish(BOOL is_asked) {
  AcquireSRWLockExclusive(&guard);
  is_running = FALSE;
  ReleaseSRWLockExclusive(&guard);
  if (is_asked) end_child(&child, last_order, STOP_MS);
  else close_child(&child);
}

/* Each time would fill the log: the first, second, fourth, eighth … of those in a row. */
static void tell_of(const wchar_t *what, DWORD code, DWORD failures) {
  if ((failures & (failures - 1)) != 0) return;
  wchar_t line[LAST_LINE];
  last_line(line);
  report(EVENTLOG_ERROR_TYPE, L"The agent %ls %lu, %lu times in a row; it is started again. %ls", what, code, failures, line);
}

/* FALSE when it is to stop. */
static BOOL run_once(HANDLE stop, DWORD *failures) {
  ULONGLONG began = GetTickCount64();
  if (!start()) {
    *failures += 1;
    tell_of(L"cannot be started: error", GetLastError(), *failures);
    return TRUE;
  }
  HANDLE ends[] = {stop, child.process};
  DWORD which = WaitForMultipleObjects(2, ends, FALSE, INFINITE), code = 0;
  if (which != WAIT_OBJECT_0) GetExitCodeProcess(child.process, &code);
  finish(which == WAIT_OBJECT_0);
  if (which == WAIT_OBJECT_0) return FALSE;
  *failures = GetTickCount64() - began < WELL_MS ? *failures + 1 : 1;
  tell_of(L"ended with", code, *failures);
  return TRUE;
}

static DWORD wait_after(DWORD failures) {
  DWORD wait_ms = FIRST_WAIT_MS;
  for (DWORD i = 1; i < failures && wait_ms < LONGEST_WAIT_MS; i += 1) wait_ms *= 2;
  return wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS;
}

/* Returns when `stop` is set and nothing runs any more. */
void supervise(HANDLE stop) {
  DWORD failures = 0;
  if (is_golden_image()) {
    report(EVENTLOG_INFORMATION_TYPE, L"This is a golden image: the agent waits until the machine has another name.");
    WaitForSingleObject(stop, INFINITE);
    return;
  }
  while (run_once(stop, &failures) && WaitForSingleObject(stop, wait_after(failures)) == WAIT_TIMEOUT) continue;
}
