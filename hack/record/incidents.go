package main

import "slices"

// incidents are all that are recorded. The name of an incident is where its
// names and sizes come from; two of one play differ in all but their nature.
func incidents() []incident {
	return slices.Concat(pulls(), nodePlays(), schedulingPlays(), configPlays(), admissionPlays(), runtimePlays(), networkPlays(), rolloutPlays(), mixedPlays(), chainPlays(), healthyClusters())
}
