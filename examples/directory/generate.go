package main

//go:generate go run github.com/conngen/conngen/cmd/conngen generate
