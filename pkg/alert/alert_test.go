package alert

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/detectors"
)

// filled is a subject with something of every sort.
func filled(detector, cause string) Subject {
	return Subject{ID: detector + "-" + cause + "-60b935", Detector: detector, Cause: cause, ExitCode: 137,
		Namespaces: []string{"shop", "crm"}, Nodes: []string{"node-1", "node-2"},
		Claims: []Workload{{"shop", "PersistentVolumeClaim", "data-db-0"}},
		Workloads: []Workload{{"shop", "Deployment", "cart"}, {"shop", "StatefulSet", "db"}, {"crm", "DaemonSet", "agent"}, {"crm", "CronJob", "mail"},
			{"crm", "Job", "import"}, {"crm", "ReplicaSet", "old"}, {"crm", "Pod", "bare"}, {"crm", "Rollout", "web"}}}
}

// hostile is a subject whose every name wants to be something else.
func hostile(detector, cause string) Subject {
	evil := "a\"} or vector(1) # {{ query \"x\" }} \\ | .* \n\u202e\xff"
	s := Subject{ID: evil, Detector: detector, Cause: cause, Namespaces: []string{evil, evil + "b"}, Nodes: []string{evil}, Claims: []Workload{{evil, "PersistentVolumeClaim", evil}}}
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet", "Pod", evil} {
		s.Workloads = append(s.Workloads, Workload{evil, kind, evil})
	}
	return s
}

// subjects are those of which every rule of the table is made here.
func subjects(detector, cause string) []Subject {
	out := []Subject{filled(detector, cause), hostile(detector, cause), {ID: "x", Detector: detector, Cause: cause},
		{ID: "nodes", Detector: detector, Cause: cause, Nodes: []string{"node-1"}}}
	for _, w := range out[0].Workloads { // each kind by itself
		out = append(out, Subject{ID: w.Kind, Detector: detector, Cause: cause, Namespaces: []string{w.Namespace}, Workloads: []Workload{w}})
	}
	many := Subject{ID: "many", Detector: detector, Cause: cause}
	for i := range 100 {
		name := "n" + strings.Repeat("x", i)
		many.Namespaces, many.Nodes = append(many.Namespaces, name), append(many.Nodes, name)
		many.Workloads = append(many.Workloads, Workload{name, "Deployment", name})
	}
	out = append(out, many)
	for i := range out { // as patterns have it, no two share an ID
		out[i].ID = fmt.Sprintf("%s-%s-%d-%s", detector, cause, i, out[i].ID)
	}
	return out
}

// everyCause calls for each detector and cause of the taxonomy; an open set
// stands for itself.
func everyCause(f func(detector, cause string)) {
	for _, d := range detectors.Suite() {
		for _, c := range d.Causes {
			f(d.Name, c)
		}
	}
}

func TestEveryCauseHasARuleOrAReasonForNone(t *testing.T) {
	without := map[string]bool{}
	everyCause(func(detector, cause string) {
		rule, why := For(filled(detector, cause))
		switch {
		case why != "":
			without[detector] = true
			if strings.HasPrefix(why, "no rule is known") {
				t.Errorf("%s %s: neither a rule nor a reason", detector, cause)
			}
		case rule.Alert == "" || rule.Expr == "" || rule.For == "" || rule.Means == "":
			t.Errorf("%s %s: incomplete: %+v", detector, cause, rule)
		}
	})
	if len(without) != 3 {
		t.Errorf("without a rule are %v; that more than these three have none must be meant", without)
	}
}

func TestNoRowIsForNothing(t *testing.T) {
	suite := detectors.Suite()
	for _, r := range table {
		d := suite.Named(r.detector)
		if d == nil {
			t.Errorf("no detector %s", r.detector)
			continue
		}
		for _, c := range r.causes {
			if !strings.Contains(" "+strings.Join(d.Causes, " ")+" ", " "+c+" ") {
				t.Errorf("%s has no cause %s", r.detector, c)
			}
		}
		if r.signal == nil && r.untold == "" {
			t.Errorf("%s %v: no rule, and no reason", r.detector, r.causes)
		}
	}
	if _, why := For(Subject{Detector: "nonsense"}); why == "" {
		t.Error("a detector that is not there has a rule")
	}
}

func TestRulesLookAtWhatThePatternTouches(t *testing.T) {
	rule, _ := For(Subject{ID: "image-pull-auth-60b935", Detector: "image-pull", Cause: "auth", Namespaces: []string{"crm", "ads", "crm"},
		Workloads: []Workload{{"crm", "Deployment", "contacts"}, {"ads", "StatefulSet", "bid.der"}}})
	want := `max by (namespace, pod, container) (max_over_time({__name__=~"kube_pod_(init_)?container_status_waiting_reason", ` +
		`namespace=~"ads|crm", pod=~"bid\\.der-[0-9]+|contacts-[a-z0-9]{5,10}-[a-z0-9]{5}", ` +
		`reason=~"ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|ImageInspectError"}[5m])) > 0`
	if rule.Expr != want {
		t.Errorf("got  %s\nwant %s", rule.Expr, want)
	}
	if l := parsed(t, Manifest([]Rule{rule}, "rule")).Spec.Groups[0].Rules[0].Labels; l["severity"] != "warning" || l["pattern"] != "image-pull-auth-60b935" {
		t.Errorf("labels %v", l)
	}
	node, _ := For(Subject{Detector: "node-pressure", Cause: "disk-pressure", Nodes: []string{"node-1"}, Critical: true})
	if want := `kube_node_status_condition{node="node-1", condition="DiskPressure", status="true"} == 1`; node.Expr != want || node.severity() != "critical" {
		t.Errorf("got %s %s", node.Expr, node.severity())
	}
}

func TestPodNamesAreThoseThatControllersGive(t *testing.T) {
	long := strings.Repeat("payments-", 7)
	for _, c := range []struct {
		of      Workload
		yes, no []string
	}{
		{Workload{"", "Deployment", "cart"}, []string{"cart-7b7d4bc8f9-x2x4z"}, []string{"cart-db-0", "cart", "carts-7b7d4bc8f9-x2x4z"}},
		{Workload{"", "Deployment", long}, []string{long[:58] + "x2x4z"}, []string{"payments-x"}},
		{Workload{"", "StatefulSet", "db"}, []string{"db-0", "db-12"}, []string{"db-0-x", "mydb-0"}},
		{Workload{"", "DaemonSet", "agent"}, []string{"agent-x2x4z"}, []string{"agent-a-x2x4z"}},
		{Workload{"", "CronJob", "mail"}, []string{"mail-29400000-x2x4z"}, []string{"mail-hourly-29400000-x2x4z"}},
		{Workload{"", "Job", "import"}, []string{"import-x2x4z", "import-0-x2x4z"}, []string{"import"}},
		{Workload{"", "Pod", "bare"}, []string{"bare"}, []string{"bare-1"}},
		{Workload{"", "Rollout", "web"}, []string{"web-7b7d4bc8f9-x2x4z"}, []string{"web"}},
	} {
		re := regexp.MustCompile("^(?:" + podNames(c.of) + ")$")
		for _, name := range c.yes {
			if !re.MatchString(name) {
				t.Errorf("%s %s: %s does not match %s", c.of.Kind, c.of.Name, re, name)
			}
		}
		for _, name := range c.no {
			if re.MatchString(name) {
				t.Errorf("%s %s: %s matches %s", c.of.Kind, c.of.Name, re, name)
			}
		}
	}
}

// document is a PrometheusRule as its operator reads it.
type document struct {
	APIVersion string                `json:"apiVersion"`
	Kind       string                `json:"kind"`
	Metadata   struct{ Name string } `json:"metadata"`
	Spec       spec                  `json:"spec"`
}

type spec struct {
	Groups []group `json:"groups"`
}

type group struct {
	Name  string     `json:"name"`
	Rules []alerting `json:"rules"`
}

type alerting struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

func parsed(t *testing.T, text string) document {
	t.Helper()
	var d document
	if err := yaml.UnmarshalStrict([]byte(text), &d); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if d.APIVersion != "monitoring.coreos.com/v1" || d.Kind != "PrometheusRule" || len(d.Spec.Groups) != 1 {
		t.Errorf("no PrometheusRule:\n%s", text)
	}
	return d
}

var oneLine = regexp.MustCompile(`\s+`)

// Prometheus runs annotations as templates, and operators put names into
// objects: nothing of the cluster's text is in either. What is written is read
// back as it was, wherever its long lines are broken.
func TestNothingOfTheClusterRunsInARule(t *testing.T) {
	everyCause(func(detector, cause string) {
		for _, s := range subjects(detector, cause) {
			rule, why := For(s)
			if why != "" {
				return
			}
			text := Manifest([]Rule{rule}, detector+"{{ evil }}/../\n")
			d := parsed(t, text)
			got := d.Spec.Groups[0].Rules[0]
			if got.Alert != rule.Alert || got.Expr != rule.Expr || got.For != rule.For {
				t.Errorf("%s %s: read back as %+v", detector, cause, got)
			}
			for k, v := range got.Annotations {
				if _, err := template.New("").Parse(v); err != nil || strings.ContainsAny(v, "{}\n\"\\") {
					t.Errorf("%s %s: annotation %s is %q", detector, cause, k, v)
				}
			}
			if !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(d.Metadata.Name + got.Labels["pattern"]) {
				t.Errorf("names %q, %q", d.Metadata.Name, got.Labels["pattern"])
			}
			for _, c := range text {
				if c > 0x7e || (c < 0x20 && c != '\n') {
					t.Errorf("%s %s: %q in %s", detector, cause, c, text)
				}
			}
			if broken := parsed(t, broken(text)).Spec.Groups[0].Rules[0]; oneLine.ReplaceAllString(broken.Expr, " ") != oneLine.ReplaceAllString(rule.Expr, " ") ||
				!maps.Equal(broken.Annotations, got.Annotations) {
				t.Errorf("%s %s: with its lines broken it reads %+v", detector, cause, broken)
			}
		}
	})
}

// broken is a manifest whose long lines are broken at every blank.
func broken(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if len(indent) < 8 || strings.HasSuffix(line, ">-\n") || strings.Contains(line, "pattern:") || strings.Contains(line, "severity:") {
			b.WriteString(line)
			continue
		}
		for _, word := range strings.Fields(line) {
			b.WriteString(indent + word + "\n")
		}
	}
	return b.String()
}
