// Runs commands in turn and reports the cost of each run.
//
// usage: timed RUNS FILE COMMAND [ARGUMENT...] [, COMMAND [ARGUMENT...]]...
//
// FILE gets a line for each run: the command's number from 0, nanoseconds from start to exit, microseconds of processor
// time, minor page faults, and the peak resident memory in KiB. The exit status is that of the last run.
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

static int run(char **command, int number, FILE *file) {
    pid_t child;
    int status;
    struct rusage usage;
    long start = now();
    if (posix_spawn(&child, command[0], NULL, NULL, command, environ) != 0) return 127;
    wait4(child, &status, 0, &usage);
    fprintf(file, "%d %ld %ld %ld %ld\n", number, now() - start,
            microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_minflt, usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int count, char **arguments) {
    if (count < 4) return 2;
    char **commands[count];
    int number = 0, status = 0;
    commands[number++] = arguments + 3;
    for (char **argument = arguments + 3; *argument; argument++) {
        if (strcmp(*argument, ",") != 0) continue;
        *argument = NULL;
        commands[number++] = argument + 1;
    }
    FILE *file = fopen(arguments[2], "a");
    if (!file) return 2;
    for (int i = 0; i < atoi(arguments[1]); i++)
        for (int j = 0; j < number; j++) status = run(commands[j], j, file);
    fclose(file);
    return status;
}
