/* For people: the Application log of Windows. The installer registers the source with a message file that Windows has. */
#include "host.h"

#include <stdarg.h>
#include <wchar.h>

#define EVENT_ID 1 /* of EventCreate.exe: the text as it stands */
#define TEXT_SIZE 2000

void report(WORD type, const wchar_t *format, ...) {
  wchar_t text[TEXT_SIZE];
  va_list arguments;
  va_start(arguments, format);
  if (vswprintf(text, TEXT_SIZE, format, arguments) < 0) text[TEXT_SIZE - 1] = L'\0';
  va_end(arguments);
  HANDLE source = RegisterEventSourceW(NULL, SERVICE_NAME);
  if (source == NULL) return;
  const wchar_t *strings[] = {text};
  ReportEventW(source, type, 0, EVENT_ID, NULL, 1, 0, strings, NULL);
  DeregisterEventSource(source);
}
