/* The service host of Windows: what its files say to each other. A Node program cannot answer the service manager itself. */
#ifndef FETTLE_HOST_H
#define FETTLE_HOST_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define SERVICE_NAME L"FettleAgent"
/* Lines that the agent understands on its standard input; the end of the input is "stop". */
#define TELL_SUSPEND "suspend\n"
#define TELL_RESUME "resume\n"
#define TELL_SHUTDOWN "shutdown\n"

/* Where things are: install.c */
#define LONG_PATH 4096
BOOL installed_path(const wchar_t *name, wchar_t path[LONG_PATH]);
BOOL data_folder(wchar_t path[LONG_PATH]);
BOOL state_path(const wchar_t *name, wchar_t path[LONG_PATH]);
BOOL command_line(const wchar_t *words, wchar_t **line);

/* Who may change what the agent keeps: state-folder.c */
BOOL secure_state_folder(void);

/* What the registry sets: settings.c */
wchar_t *child_environment(BOOL is_service);

/* The token, from the registry into a file that the agent deletes: token.c */
#define TOKEN_FILE L"enrol-token"
void move_token(void);

/* Does this machine wait to be copied? golden.c */
BOOL is_golden_image(void);

/* The agent as a child: child.c */
typedef struct {
  HANDLE process, job, input, log_thread;
} Child;
BOOL start_child(Child *child, wchar_t *line, wchar_t *environment);
void tell_child(const Child *child, const char *order);
void end_child(Child *child, const char *last_order, DWORD patience_ms);
void close_child(Child *child);

/* What it writes to stderr: child-log.c */
#define LAST_LINE 400
HANDLE start_child_log(HANDLE output);
void last_line(wchar_t line[LAST_LINE]);

/* For people: event-log.c */
void report(WORD type, const wchar_t *format, ...);

/* The agent kept running: supervise.c */
void supervise(HANDLE stop);
void pass_on(const char *order);
void stop_with(const char *order);

/* The two ways in: service.c, command.c */
int run_service(void);
int run_command(void);

#endif
