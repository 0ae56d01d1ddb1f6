/* SPDX-License-Identifier: Apache-2.0
 * The program's entry point: everything is in engine/cli. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return as_cli_main(argc, argv);
}
