// Package scenarios holds the scenarios that are built into the program.
package scenarios

import "embed"

// FS has one folder for each scenario.
//
//go:embed all:*
var FS embed.FS
