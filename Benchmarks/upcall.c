// Asks the kernel for keys of type dns_resolver and measures each request_key(2).
//
// usage: upcall CALLERS UPCALLS BATCHES DOMAIN=ADDRESS...
//
// In a batch each domain has its turn: CALLERS threads make UPCALLS requests each, for new names below the domain, and
// the answer must be ADDRESS. The domains take turns so that other load on the machine affects all of them alike. It
// prints a line for each turn: the domain, the time of the whole turn, and the time of each upcall, in nanoseconds.
#include <errno.h>
#include <keyutils.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct turn {
    const char *domain;
    const char *address;
    int upcalls;
};

struct caller {
    const struct turn *turn;
    pthread_t thread;
    long *times;
};

static atomic_int names;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void fail(const char *name, const char *problem) {
    fprintf(stderr, "upcall: %s: %s\n", name, problem);
    exit(1);
}

static long upcall(const struct turn *turn) {
    char name[256], answer[256];
    snprintf(name, sizeof name, "n%d-%d.%s", getpid(), names++, turn->domain);
    long start = now();
    key_serial_t key = request_key("dns_resolver", name, "", KEY_SPEC_THREAD_KEYRING);
    long time = now() - start;
    if (key < 0) fail(name, strerror(errno));
    // The kernel keeps text without its NUL.
    long length = keyctl_read(key, answer, sizeof answer - 1);
    if (length < 0) fail(name, strerror(errno));
    if ((size_t)length > sizeof answer - 1) fail(name, "long answer");
    answer[length] = 0;
    if (strcmp(answer, turn->address) != 0) fail(name, answer);
    keyctl_unlink(key, KEY_SPEC_THREAD_KEYRING);
    return time;
}

static void *call(void *argument) {
    struct caller *caller = argument;
    for (int i = 0; i < caller->turn->upcalls; i++) caller->times[i] = upcall(caller->turn);
    return NULL;
}

static void take(const struct turn *turn, int callers) {
    struct caller caller[callers];
    long times[callers][turn->upcalls];
    long start = now();
    for (int i = 0; i < callers; i++) {
        caller[i] = (struct caller){.turn = turn, .times = times[i]};
        if (pthread_create(&caller[i].thread, NULL, call, &caller[i]) != 0) fail("thread", "not started");
    }
    for (int i = 0; i < callers; i++) pthread_join(caller[i].thread, NULL);
    printf("%s %ld", turn->domain, now() - start);
    for (int i = 0; i < callers; i++)
        for (int j = 0; j < turn->upcalls; j++) printf(" %ld", times[i][j]);
    putchar('\n');
}

int main(int count, char **arguments) {
    if (count < 5) fail("usage", "CALLERS UPCALLS BATCHES DOMAIN=ADDRESS...");
    int callers = atoi(arguments[1]), upcalls = atoi(arguments[2]), batches = atoi(arguments[3]);
    int turns = count - 4;
    struct turn turn[turns];
    for (int i = 0; i < turns; i++) {
        char *domain = strtok(arguments[4 + i], "="), *address = strtok(NULL, "");
        if (!address) fail(arguments[4 + i], "no address");
        turn[i] = (struct turn){domain, address, upcalls};
    }
    // Forwards and backwards: no domain always follows the same other one.
    for (int batch = 0; batch < batches; batch++)
        for (int i = 0; i < turns; i++) take(&turn[batch % 2 ? turns - 1 - i : i], callers);
}
