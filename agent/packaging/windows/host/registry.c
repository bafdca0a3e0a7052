#include "registry.h"

BOOL read_value(const wchar_t *key, const wchar_t *name, wchar_t value[VALUE_SIZE]) {
  DWORD size = VALUE_SIZE * sizeof(wchar_t);
  LSTATUS status = RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, value, &size);
  if (status == ERROR_SUCCESS) return *value != L'\0';
  if (status == ERROR_UNSUPPORTED_TYPE || status == ERROR_MORE_DATA)
    report(EVENTLOG_WARNING_TYPE, L"HKLM\\%ls: %ls is passed over: a text of at most %d characters is wanted.", key, name,
           VALUE_SIZE - 1);
  return FALSE;
}

static BOOL open_key(const wchar_t *key, HKEY *opened) {
  return RegOpenKeyExW(HKEY_LOCAL_MACHINE, key, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, opened) == ERROR_SUCCESS;
}

BOOL write_value(const wchar_t *key, const wchar_t *name, const wchar_t *value) {
  HKEY opened;
  if (!open_key(key, &opened)) return FALSE;
  DWORD size = (DWORD)((wcslen(value) + 1) * sizeof(wchar_t));
  LSTATUS status = RegSetValueExW(opened, name, 0, REG_SZ, (const BYTE *)value, size);
  RegCloseKey(opened);
  return status == ERROR_SUCCESS;
}

BOOL delete_value(const wchar_t *key, const wchar_t *name) {
  HKEY opened;
  if (!open_key(key, &opened)) return FALSE;
  LSTATUS status = RegDeleteValueW(opened, name);
  RegFlushKey(opened);
  RegCloseKey(opened);
  return status == ERROR_SUCCESS || status == ERROR_FILE_NOT_FOUND;
}
