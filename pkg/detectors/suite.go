// Package detectors lists the detectors. To add one: a folder with the
// detector and its testdata, and a line here.
package detectors

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/admission"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/burst"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/configdrift"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/containerstart"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/cputhrottling"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/credentials"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/environment"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/eviction"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/exitcode"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/gradual"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/imagepull"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/jobfailure"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/missingconfig"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/network"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/nodefailure"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/nodepressure"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/oom"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/periodic"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/probe"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/rbac"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/rolloutcascade"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/rolloutfailure"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/scheduling"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/sharedfactor"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/staleconfig"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/storage"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/timeofday"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/unclassified"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors/versionskew"
)

// Suite is every detector, in the order of the taxonomy.
func Suite() detect.Suite {
	return detect.Suite{
		nodepressure.Detector,
		nodefailure.Detector,
		eviction.Detector,
		oom.Detector,
		cputhrottling.Detector,
		scheduling.Detector,
		network.Detector,
		storage.Detector,
		imagepull.Detector,
		missingconfig.Detector,
		admission.Detector,
		environment.Detector,
		credentials.Detector,
		rbac.Detector,
		staleconfig.Detector,
		probe.Detector,
		containerstart.Detector,
		rolloutfailure.Detector,
		rolloutcascade.Detector,
		versionskew.Detector,
		configdrift.Detector,
		jobfailure.Detector,
		timeofday.Detector,
		periodic.Detector,
		burst.Detector,
		gradual.Detector,
		exitcode.Detector,
		sharedfactor.Detector,
		unclassified.Detector,
	}
}
