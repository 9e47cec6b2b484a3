// Command torture attacks conngen and a connector's server: it kills commands at random
// moments, fills disks, runs eight commands at once, and sends a server what no client
// should. It prints one figure a line, its name and its value. A figure out of its bounds is
// marked as broken, and the program then exits with 1.
//
//	go run ./torture                          # all of it, half an hour at most
//	go run ./torture -only kills -scale 0.1   # one attack, a tenth of its rounds
//
// It builds what it attacks, and works in a temporary folder that it removes. Namespaces,
// small file systems and /proc are Linux's, so it runs there alone.
package main
