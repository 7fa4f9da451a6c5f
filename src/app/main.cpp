// `galley` is the program that brings no kinds of its own along.
#include "app/command_line.h"

int main(int argc, char** argv) {
    return galley::app::run_command_line(argc, argv, {});
}
