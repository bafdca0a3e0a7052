/* Who may change what the agent keeps. Everybody may make folders in ProgramData: one that was made for us, with settings in it
   that start programs, is set aside, and what we make belongs to the system and its administrators alone. */
#include "host.h"

#include <aclapi.h>
#include <sddl.h>
#include <wchar.h>

/* Protected from what ProgramData hands down: the system and administrators, all below as well. */
#define OURS_ALONE L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

static BOOL is_own_user(PSID sid) {
  HANDLE token;
  BYTE buffer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return FALSE;
  BOOL is_known = GetTokenInformation(token, TokenUser, buffer, sizeof buffer, &size);
  CloseHandle(token);
  return is_known && EqualSid(sid, ((TOKEN_USER *)buffer)->User.Sid);
}

static BOOL is_trusted_owner(const wchar_t *path) {
  PSID owner = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  DWORD code = GetNamedSecurityInfoW((wchar_t *)path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL,
                                     &descriptor);
  if (code != ERROR_SUCCESS) return FALSE;
  BOOL is_trusted = IsWellKnownSid(owner, WinLocalSystemSid) || IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
                    is_own_user(owner);
  LocalFree(descriptor);
  return is_trusted;
}

static BOOL is_folder(const wchar_t *path) {
  DWORD attributes = GetFileAttributesW(path);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 &&
         (attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0;
}

static BOOL set_aside(const wchar_t *path) {
  wchar_t aside[LONG_PATH];
  if (swprintf(aside, LONG_PATH, L"%ls.not-trusted-%llu", path, (unsigned long long)GetTickCount64()) < 0) return FALSE;
  if (!MoveFileW(path, aside)) {
    report(EVENTLOG_ERROR_TYPE, L"%ls belongs to another user and cannot be set aside (error %lu): delete it.", path,
           GetLastError());
    return FALSE;
  }
  report(EVENTLOG_WARNING_TYPE, L"%ls was made by another user. It was set aside as %ls: look at it, and delete it.", path, aside);
  return TRUE;
}

static BOOL protect(const wchar_t *path) {
  PSECURITY_DESCRIPTOR descriptor = NULL;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(OURS_ALONE, SDDL_REVISION_1, &descriptor, NULL)) return FALSE;
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, descriptor, FALSE};
  BOOL is_there = CreateDirectoryW(path, &attributes) || GetLastError() == ERROR_ALREADY_EXISTS;
  BOOL has_list = FALSE, is_default = FALSE;
  PACL list = NULL;
  BOOL is_ours = is_there && GetSecurityDescriptorDacl(descriptor, &has_list, &list, &is_default) &&
                 SetNamedSecurityInfoW((wchar_t *)path, SE_FILE_OBJECT,
                                       DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, NULL, NULL, list,
                                       NULL) == ERROR_SUCCESS;
  LocalFree(descriptor);
  return is_ours;
}

BOOL secure_state_folder(void) {
  wchar_t path[LONG_PATH];
  if (!state_path(L"", path)) return FALSE;
  if (GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES && !(is_folder(path) && is_trusted_owner(path)) && !set_aside(path))
    return FALSE;
  if (protect(path)) return TRUE;
  report(EVENTLOG_ERROR_TYPE, L"%ls cannot be made for the system alone (error %lu).", path, GetLastError());
  return FALSE;
}
