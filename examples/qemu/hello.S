/* The first sector of a PC's disk, as a firmware of 60 bytes: it writes AT to the first serial port
   and copies what comes back to port 0xE9, QEMU's debug console. After a K, the second letter of OK,
   it ends QEMU with exit code 33. docs/connect-your-firmware.md has the lines to build and run it. */

        .set    UART, 0x3f8             /* a 16550 */
        .set    LINE_CONTROL, UART + 3
        .set    LINE_STATUS, UART + 5
        .set    CONSOLE, 0xe9
        .set    EXIT, 0xf4              /* isa-debug-exit: QEMU's exit code is 2 * value + 1 */

        .code16
        .globl  _start
_start: xorw    %ax, %ax
        movw    %ax, %ds
        movw    $LINE_CONTROL, %dx
        movb    $0x83, %al              /* eight bits, no parity; the divisor can be set */
        outb    %al, %dx
        movw    $UART, %dx
        movw    $1, %ax                 /* 115200 baud */
        outw    %ax, %dx
        movw    $LINE_CONTROL, %dx
        movb    $0x03, %al
        outb    %al, %dx

        movw    $command, %si
send:   movw    $LINE_STATUS, %dx
full:   inb     %dx, %al
        testb   $0x20, %al
        jz      full
        lodsb
        testb   %al, %al
        jz      hear
        movw    $UART, %dx
        outb    %al, %dx
        jmp     send

hear:   movw    $LINE_STATUS, %dx
empty:  inb     %dx, %al
        testb   $0x01, %al
        jz      empty
        movw    $UART, %dx
        inb     %dx, %al
        outb    %al, $CONSOLE
        cmpb    $'K', %al
        jne     hear
        movb    $16, %al
        outb    %al, $EXIT

command:
        .asciz  "AT\r"
        .org    510                     /* what makes a sector one to start from */
        .word   0xaa55
