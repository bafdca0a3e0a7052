/* The agent as a child: it and all that it starts end with this process, and it is told what happens on its standard input. */
#include "host.h"

static HANDLE job_that_ends_with_us(void) {
  HANDLE job = CreateJobObjectW(NULL, NULL);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  if (job != NULL) SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  return job;
}

typedef struct {
  HANDLE input, tell, output, hear, nothing;
} Pipes;

static void close(HANDLE *handle) {
  if (*handle != NULL && *handle != INVALID_HANDLE_VALUE) CloseHandle(*handle);
  *handle = NULL;
}

static BOOL open_pipes(Pipes *pipes) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  DWORD never_wait = PIPE_READMODE_BYTE | PIPE_NOWAIT;
  if (!CreatePipe(&pipes->input, &pipes->tell, &inherited, 0) || !CreatePipe(&pipes->hear, &pipes->output, &inherited, 0))
    return FALSE;
  SetHandleInformation(pipes->tell, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(pipes->hear, HANDLE_FLAG_INHERIT, 0);
  SetNamedPipeHandleState(pipes->tell, &never_wait, NULL, NULL); /* an agent that hangs reads nothing */
  pipes->nothing = CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, NULL);
  return pipes->nothing != INVALID_HANDLE_VALUE;
}

/* Suspended, so that it is in the job before it can start anything. */
static BOOL create(wchar_t *line, wchar_t *environment, const Pipes *pipes, PROCESS_INFORMATION *process) {
  wchar_t folder[LONG_PATH];
  STARTUPINFOW startup = {.cb = sizeof startup,
                          .dwFlags = STARTF_USESTDHANDLES,
                          .hStdInput = pipes->input,
                          .hStdOutput = pipes->nothing,
                          .hStdError = pipes->output};
  DWORD how = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT;
  return installed_path(L"", folder) && CreateProcessW(NULL, line, NULL, NULL, TRUE, how, environment, folder, &startup, process);
}

/* Reports nothing: the caller knows how often it has failed. */
BOOL start_child(Child *child, wchar_t *line, wchar_t *environment) {
  Pipes pipes = {0};
  PROCESS_INFORMATION process = {0};
  *child = (Child){.job = job_that_ends_with_us()};
  BOOL is_started = child->job != NULL && open_pipes(&pipes) && create(line, environment, &pipes, &process);
  DWORD error = GetLastError();
  close(&pipes.input), close(&pipes.output), close(&pipes.nothing);
  if (!is_started) {
    close(&pipes.tell), close(&pipes.hear), close_child(child);
    SetLastError(error);
    return FALSE;
  }
  child->process = process.hProcess;
  child->input = pipes.tell;
  child->log_thread = start_child_log(pipes.hear);
  AssignProcessToJobObject(child->job, child->process);
  ResumeThread(process.hThread);
  CloseHandle(process.hThread);
  return TRUE;
}

void tell_child(const Child *child, const char *order) {
  DWORD written;
  if (child->input != NULL) WriteFile(child->input, order, (DWORD)strlen(order), &written, NULL);
}

/* Asked first, and waited for. */
void end_child(Child *child, const char *last_order, DWORD patience_ms) {
  if (last_order != NULL) tell_child(child, last_order);
  close(&child->input);
  if (WaitForSingleObject(child->process, patience_ms) != WAIT_OBJECT_0)
    report(EVENTLOG_WARNING_TYPE, L"The agent did not stop within %lu ms and was ended.", patience_ms);
  close_child(child);
}

void close_child(Child *child) {
  close(&child->input), close(&child->process);
  close(&child->job); /* whatever of it still runs ends here, and so does the log */
  if (child->log_thread != NULL) WaitForSingleObject(child->log_thread, 2000);
  close(&child->log_thread);
}
