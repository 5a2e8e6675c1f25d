// The least that a handler can do: answer with a constant.
#include <keyutils.h>
#include <stdlib.h>

static const char address[] = "10.96.0.7";

int main(int count, char **arguments) {
    if (count != 2) return 2;
    key_serial_t key = atoi(arguments[1]);
    return keyctl_set_timeout(key, 5) < 0 || keyctl_instantiate(key, address, sizeof address, 0) < 0;
}
