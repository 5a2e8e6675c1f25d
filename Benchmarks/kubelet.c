// Runs until it is ended.
#include <unistd.h>

int main(void) { return pause(); }
