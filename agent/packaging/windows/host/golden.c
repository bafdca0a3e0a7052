/* A golden image is a machine that others are copied from: enrolled, all of them would be one device. It waits, with its token,
   until it has another name than the image had. */
#include "registry.h"

BOOL is_golden_image(void) {
  wchar_t flag[VALUE_SIZE], image[VALUE_SIZE], name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD size = MAX_COMPUTERNAME_LENGTH + 1;
  if (!read_value(INSTALLER_KEY, L"GoldenImage", flag) || wcscmp(flag, L"1") != 0) return FALSE;
  if (!GetComputerNameW(name, &size)) return FALSE;
  if (!read_value(INSTALLER_KEY, L"GoldenImageName", image)) return write_value(INSTALLER_KEY, L"GoldenImageName", name);
  if (_wcsicmp(image, name) == 0) return TRUE;
  report(EVENTLOG_INFORMATION_TYPE, L"This is %ls, a copy of the golden image %ls: the agent starts.", name, image);
  return !(delete_value(INSTALLER_KEY, L"GoldenImage") && delete_value(INSTALLER_KEY, L"GoldenImageName"));
}
