/* The registry configuration: what a policy says counts for more than what the installer was told. */
#ifndef FETTLE_REGISTRY_H
#define FETTLE_REGISTRY_H

#include "host.h"

#define INSTALLER_KEY L"SOFTWARE\\Fettle\\Agent"
#define POLICY_KEY L"SOFTWARE\\Policies\\Fettle\\Agent"
/* Readable by the system and administrators alone. */
#define ENROLMENT_KEY INSTALLER_KEY L"\\Enrolment"
/* With the end. Longer ones are refused. */
#define VALUE_SIZE 4096

/* FALSE where it is not set, is empty, or is no text; the last is reported. */
BOOL read_value(const wchar_t *key, const wchar_t *name, wchar_t value[VALUE_SIZE]);
BOOL write_value(const wchar_t *key, const wchar_t *name, const wchar_t *value);
BOOL delete_value(const wchar_t *key, const wchar_t *name);

#endif
