package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestSourceNeedsOnlyChecksums(t *testing.T) {
	found, err := checkFile(source, "")
	if err != nil {
		t.Fatal(err)
	}
	wantRules(t, found, ruleFileName, rulePlaceholder) // it is called plugins.yaml, see there
	p, _, _ := readPlugin(source)
	if got, want := len(found.without(ruleFileName)), len(p.Spec.Platforms); got != want || want != 6 {
		t.Errorf("placeholders: %d, platforms: %d, want 6 of each", got, want)
	}
}

func TestSourceWithChecksumsPasses(t *testing.T) {
	var found violations
	found.checkPlugin(realPlugin(t))
	wantRules(t, found)
}

func TestBrokenManifests(t *testing.T) {
	for name, c := range brokenManifests() {
		t.Run(name, func(t *testing.T) {
			p := realPlugin(t)
			c.breakIt(&p)
			var found violations
			found.checkPlugin(p)
			wantRules(t, found, c.want...)
		})
	}
}

type broken struct {
	breakIt func(*plugin)
	want    []rule
}

func brokenManifests() map[string]broken {
	long := strings.Repeat("x", 50)
	return map[string]broken{
		"api version":         {func(p *plugin) { p.APIVersion = "v1" }, []rule{ruleAPIVersion}},
		"kind":                {func(p *plugin) { p.Kind = "plugin" }, []rule{ruleKind}},
		"no name":             {func(p *plugin) { p.Metadata.Name = "" }, []rule{ruleSafeName}},
		"path as name":        {func(p *plugin) { p.Metadata.Name = "../x" }, []rule{ruleSafeName}},
		"Windows device":      {func(p *plugin) { p.Metadata.Name = "Com1" }, []rule{ruleSafeName}},
		"kubectl- name":       {func(p *plugin) { p.Metadata.Name = "kubectl-patterns" }, []rule{ruleNameStyle}},
		"snake name":          {func(p *plugin) { p.Metadata.Name = "all_patterns" }, []rule{ruleNameStyle}},
		"version without v":   {func(p *plugin) { p.Spec.Version = "0.1.0" }, []rule{ruleVersion, ruleURIVersion}},
		"no version":          {func(p *plugin) { p.Spec.Version = "" }, []rule{ruleVersion}},
		"two-part version":    {func(p *plugin) { p.Spec.Version = "v0.1" }, []rule{ruleVersion, ruleURIVersion}},
		"version raised only": {func(p *plugin) { p.Spec.Version = "v0.2.0" }, []rule{ruleURIVersion}},
		"plain homepage":      {func(p *plugin) { p.Spec.Homepage = "http://example.com" }, []rule{ruleHomepage}},
		"no short text":       {func(p *plugin) { p.Spec.ShortDescription = "" }, []rule{ruleShortDescription}},
		"short text of lines": {func(p *plugin) { p.Spec.ShortDescription = "a\nb" }, []rule{ruleShortDescription}},
		"short text too long": {func(p *plugin) { p.Spec.ShortDescription = long }, []rule{ruleShortDescription}},
		"short text stops":    {func(p *plugin) { p.Spec.ShortDescription = "Find it." }, []rule{ruleShortDescription}},
		"short text: kubectl": {func(p *plugin) { p.Spec.ShortDescription = "Kubectl at its best" }, []rule{ruleShortDescription}},
		"short text: plugin":  {func(p *plugin) { p.Spec.ShortDescription = "A plugin that finds" }, []rule{ruleShortDescription}},
		"no description":      {func(p *plugin) { p.Spec.Description = "\n" }, []rule{ruleDescription}},
		"wide description":    {func(p *plugin) { p.Spec.Description = long + " " + long }, []rule{ruleLineLength}},
		"wide caveats":        {func(p *plugin) { p.Spec.Caveats = long + " " + long }, []rule{ruleLineLength}},
		"no platforms":        {func(p *plugin) { p.Spec.Platforms = nil }, []rule{rulePlatforms}},
	}
}

func TestBrokenPlatforms(t *testing.T) {
	for name, c := range brokenPlatforms() {
		t.Run(name, func(t *testing.T) {
			p := realPlugin(t)
			c.breakIt(&p.Spec.Platforms[0])
			var found violations
			found.checkPlugin(p)
			wantRules(t, found, c.want...)
		})
	}
}

type brokenPlatform struct {
	breakIt func(*platform)
	want    []rule
}

// brokenPlatforms break linux/amd64, the first one.
func brokenPlatforms() map[string]brokenPlatform {
	const path = "https://github.com/o/r/releases/download/v0.1.0/x_v0.1.0_linux_amd64"
	return map[string]brokenPlatform{
		"no uri":            {func(p *platform) { p.URI = "" }, []rule{ruleURI}},
		"http uri":          {func(p *platform) { p.URI = strings.Replace(p.URI, "https", "http", 1) }, []rule{ruleURI}},
		"uri of no archive": {func(p *platform) { p.URI = path + ".exe" }, []rule{ruleURI}},
		"uri of a neighbour": {func(p *platform) { p.URI = strings.Replace(p.URI, "amd64", "arm64", 1) },
			[]rule{ruleURIUnique}},
		"no sha256":          {func(p *platform) { p.Sha256 = "" }, []rule{ruleSha256}},
		"upper-case sha256":  {func(p *platform) { p.Sha256 = strings.Repeat("AB", 32) }, []rule{ruleSha256}},
		"short sha256":       {func(p *platform) { p.Sha256 = p.Sha256[1:] }, []rule{ruleSha256}},
		"placeholder":        {func(p *platform) { p.Sha256 = placeholder }, []rule{rulePlaceholder}},
		"no bin":             {func(p *platform) { p.Bin = "" }, []rule{ruleBin}},
		"bin not installed":  {func(p *platform) { p.Bin = "other" }, []rule{ruleBinInstalled}},
		"bin above":          {func(p *platform) { p.Bin = "../kubectl-patterns" }, []rule{ruleEscape, ruleBinInstalled}},
		"bin renamed away":   {func(p *platform) { p.Files[0].To = "bin/tool" }, []rule{ruleBinInstalled}},
		"empty files":        {func(p *platform) { p.Files = []fileOp{} }, []rule{ruleFiles}},
		"no from":            {func(p *platform) { p.Files = append(p.Files, fileOp{To: "."}) }, []rule{ruleFiles}},
		"no to":              {func(p *platform) { p.Files = append(p.Files, fileOp{From: "x"}) }, []rule{ruleFiles}},
		"to with detours":    {func(p *platform) { p.Files[1].To = "./" }, []rule{ruleFiles}},
		"from above":         {func(p *platform) { p.Files = append(p.Files, fileOp{"../x", "."}) }, []rule{ruleEscape}},
		"to above":           {func(p *platform) { p.Files = append(p.Files, fileOp{"x", "../x"}) }, []rule{ruleEscape}},
		"to absolute":        {func(p *platform) { p.Files = append(p.Files, fileOp{"x", "/x"}) }, []rule{ruleEscape}},
		"to on a drive":      {func(p *platform) { p.Files = append(p.Files, fileOp{"x", "C:x"}) }, []rule{ruleEscape}},
		"no license":         {func(p *platform) { p.Files = p.Files[:1] }, []rule{ruleLicense}},
		"no selector":        {func(p *platform) { p.Selector = nil }, []rule{ruleSelector}},
		"empty selector":     {func(p *platform) { p.Selector = &metav1.LabelSelector{} }, []rule{ruleSelector}},
		"foreign key":        {func(p *platform) { p.Selector.MatchLabels["libc"] = "musl" }, []rule{ruleSelector}},
		"unknown platform":   {func(p *platform) { p.Selector.MatchLabels["os"] = "plan9" }, []rule{ruleSelector}},
		"any architecture":   {func(p *platform) { delete(p.Selector.MatchLabels, "arch") }, []rule{ruleSelector, ruleOverlap}},
		"bad operator":       {func(p *platform) { p.Selector = expression("os", "Is", "linux") }, []rule{ruleSelector}},
		"overlap":            {func(p *platform) { p.Selector.MatchLabels["arch"] = "arm64" }, []rule{ruleOverlap}},
		"windows, no .exe":   {func(p *platform) { p.Selector = selectorFor(osArch{"windows", "386"}) }, []rule{ruleExe}},
		"expressions may be": {func(p *platform) { p.Selector.MatchExpressions = expression("os", "NotIn", "darwin").MatchExpressions }, nil},
		"patterns may match": {func(p *platform) { p.Files = []fileOp{{"*", "."}} }, nil},
		"files may be unset": {func(p *platform) { p.Files = nil }, nil},
	}
}

func expression(key string, op metav1.LabelSelectorOperator, values ...string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: op, Values: values}}}
}

func TestUnknownFieldsAreToldWithTheRest(t *testing.T) {
	b, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "kind: Plugin", "kind: Plugins\ncolour: blue", 1)
	file := write(t, filepath.Join(t.TempDir(), "patterns.yaml"), []byte(text))
	code, _, stderr := command(t, "--check", file)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantText(t, stderr, "colour", "[strict]", "[kind]", "spec.platforms[5].sha256", "violations found: 8")
}

func TestNoManifest(t *testing.T) {
	for name, text := range map[string]string{"no YAML": "a: [", "no mapping": "- a"} {
		if _, _, err := parsePlugin([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if code, _, stderr := command(t, "--check", filepath.Join(t.TempDir(), "patterns.yaml")); code != 1 {
		t.Errorf("missing file: exit code %d: %s", code, stderr)
	}
}

func TestFileName(t *testing.T) {
	var found violations
	found.checkFileName("x/patterns.yaml", realPlugin(t))
	wantRules(t, found)
	found.checkFileName("x/patterns.yml", realPlugin(t))
	wantRules(t, found, ruleFileName)
}
