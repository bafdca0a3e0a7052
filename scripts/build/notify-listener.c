/* notify-listener PATH: what is sent to a socket as sd_notify(3) does, a line each with "|" for line ends; for the test of the host. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[1024];
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (argc != 2 || strlen(argv[1]) >= sizeof at.sun_path) return 2;
    memcpy(at.sun_path, argv[1], strlen(argv[1]));
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0) return 1;
    for (puts("listening"), fflush(stdout);; fflush(stdout)) {
        ssize_t size = recv(fd, text, sizeof text - 1, 0);
        if (size < 0) return 1;
        text[size] = '\0';
        for (char *end = text; (end = strchr(end, '\n')) != NULL;) *end = '|';
        puts(text);
    }
}
