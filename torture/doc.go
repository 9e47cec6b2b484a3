// Command torture attacks conngen and a connector's server: it kills commands at random moments,
// fills disks, runs eight commands at once, and sends a server requests that no client should. It
// prints one figure per line: its name and its value. It marks a figure out of bounds as broken,
// and then exits with 1.
//
//	go run ./torture                          # all of it, half an hour at most
//	go run ./torture -only kills -scale 0.1   # one attack, a tenth of its rounds
//
// It builds the programs that it attacks, and works in a temporary folder that it removes. It needs
// namespaces, small file systems and /proc, so it runs only on Linux.
package main
