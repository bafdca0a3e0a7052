/* fettle-agent.exe: started by the service manager with --service, by people with a verb of the agent. */
#include "host.h"

int wmain(int argc, wchar_t **argv) {
  SetDllDirectoryW(L""); /* nothing is loaded from the folder somebody happens to be in */
  return argc == 2 && wcscmp(argv[1], L"--service") == 0 ? run_service() : run_command();
}
