/* What the service manager asks, answered: started, stopping, stopped; and what it tells of power and shutdown, passed on. */
#include "host.h"

#include <wchar.h>

#define STOP_HINT_MS 8000
/* Windows goes on to sleep when we return: time for the agent's goodbye. */
#define GOODBYE_MS 1500
#define DAY_S 86400

static SERVICE_STATUS_HANDLE handle;
static HANDLE stop;

static void tell(DWORD state) {
  SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state};
  if (state == SERVICE_RUNNING)
    status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_POWEREVENT;
  if (state == SERVICE_STOP_PENDING) status.dwWaitHint = STOP_HINT_MS;
  SetServiceStatus(handle, &status);
}

static DWORD end_with(const char *order) {
  tell(SERVICE_STOP_PENDING);
  stop_with(order);
  SetEvent(stop);
  return NO_ERROR;
}

static DWORD on_power(DWORD event) {
  if (event == PBT_APMSUSPEND) {
    pass_on(TELL_SUSPEND);
    Sleep(GOODBYE_MS);
  }
  if (event == PBT_APMRESUMEAUTOMATIC) pass_on(TELL_RESUME);
  return NO_ERROR;
}

static DWORD WINAPI on_control(DWORD control, DWORD event, void *data, void *context) {
  (void)data, (void)context;
  switch (control) {
  case SERVICE_CONTROL_STOP: return end_with(NULL);
  case SERVICE_CONTROL_PRESHUTDOWN: return end_with(TELL_SHUTDOWN);
  case SERVICE_CONTROL_POWEREVENT: return on_power(event);
  case SERVICE_CONTROL_INTERROGATE: return NO_ERROR;
  default: return ERROR_CALL_NOT_IMPLEMENTED;
  }
}

/* Should this process itself end, the service manager starts it again. Set here: installers cannot be relied on for it. */
static void set_recovery(SC_HANDLE service) {
  SC_ACTION actions[] = {{SC_ACTION_RESTART, 1000}, {SC_ACTION_RESTART, 10000}, {SC_ACTION_RESTART, 60000}};
  SERVICE_FAILURE_ACTIONSW failure = {.dwResetPeriod = DAY_S, .cActions = 3, .lpsaActions = actions};
  SERVICE_FAILURE_ACTIONS_FLAG also_on_error = {TRUE};
  SERVICE_DELAYED_AUTO_START_INFO delayed = {TRUE};
  ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure);
  ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also_on_error);
  ChangeServiceConfig2W(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed);
}

/* Without quotes a program named by the first word of a path with blanks would be started in its place. */
static void quote_path(SC_HANDLE service) {
  wchar_t own[LONG_PATH], line[LONG_PATH + 16];
  if (!installed_path(L"fettle-agent.exe", own) || swprintf(line, LONG_PATH + 16, L"\"%ls\" --service", own) < 0) return;
  ChangeServiceConfigW(service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, line, NULL, NULL, NULL, NULL, NULL, NULL);
}

static void set_up_service(void) {
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  if (manager == NULL) return;
  SC_HANDLE service = OpenServiceW(manager, SERVICE_NAME, SERVICE_CHANGE_CONFIG | SERVICE_START);
  if (service != NULL) {
    set_recovery(service);
    quote_path(service);
    CloseServiceHandle(service);
  }
  CloseServiceHandle(manager);
}

static void WINAPI service_main(DWORD argc, wchar_t **argv) {
  (void)argc, (void)argv;
  handle = RegisterServiceCtrlHandlerExW(SERVICE_NAME, on_control, NULL);
  stop = CreateEventW(NULL, TRUE, FALSE, NULL);
  if (handle == NULL || stop == NULL) return;
  tell(SERVICE_RUNNING);
  set_up_service();
  supervise(stop);
  tell(SERVICE_STOPPED);
}

int run_service(void) {
  SERVICE_TABLE_ENTRYW table[] = {{SERVICE_NAME, service_main}, {NULL, NULL}};
  return StartServiceCtrlDispatcherW(table) ? 0 : (int)GetLastError();
}
