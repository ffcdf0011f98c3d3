package main

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

const (
	manifestAPI  = "krew.googlecontainertools.github.com/v1alpha2"
	manifestKind = "Plugin"
	manifestExt  = ".yaml"

	shortLimit = 50 // characters; more is cut off in `kubectl krew search`
	lineLimit  = 80
)

var (
	safeName  = regexp.MustCompile(`^[\w-]+$`)
	kebabName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// deviceName is what Windows does not let a file be called.
	deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[1-9]|lpt[1-9])$`)
	// redundant words say what every entry of krew's list is.
	redundant = regexp.MustCompile(`(?i)kubectl|\bplug-?ins?\b`)
)

// checkFile checks a manifest as krew would find it in an index; archives is
// the folder of its archives, or empty.
func checkFile(file, archives string) (violations, error) {
	p, found, err := readPlugin(file)
	if err != nil {
		return nil, err
	}
	found.checkFileName(file, p)
	found.checkPlugin(p)
	if archives != "" {
		found.checkArchives(p, archives)
	}
	return found, nil
}

func (vs *violations) checkFileName(file string, p plugin) {
	if base := filepath.Base(file); base != p.Metadata.Name+manifestExt {
		vs.add("metadata.name", ruleFileName, "a plugin named %q has to lie in %q, not in %q",
			p.Metadata.Name, p.Metadata.Name+manifestExt, base)
	}
}

// checkPlugin checks all that the manifest says by itself.
func (vs *violations) checkPlugin(p plugin) {
	if p.APIVersion != manifestAPI {
		vs.add("apiVersion", ruleAPIVersion, "%q has to be %q", p.APIVersion, manifestAPI)
	}
	if p.Kind != manifestKind {
		vs.add("kind", ruleKind, "%q has to be %q", p.Kind, manifestKind)
	}
	vs.checkName(p.Metadata.Name)
	vs.checkVersion(p.Spec.Version)
	vs.checkTexts(p.Spec)
	vs.checkPlatforms(p.Spec)
}

func (vs *violations) checkName(name string) {
	const field = "metadata.name"
	if !safeName.MatchString(name) || deviceName.MatchString(name) {
		vs.add(field, ruleSafeName, "%q cannot name a file everywhere: it has to match %s and be no device of Windows", name, safeName)
	} else if !kebabName.MatchString(name) {
		vs.add(field, ruleNameStyle, "%q has to be lower case with single hyphens between words", name)
	}
	for _, prefix := range []string{"kubectl-", "kube-", "kubernetes-"} {
		if strings.HasPrefix(name, prefix) {
			vs.add(field, ruleNameStyle, "%q repeats %q, which krew puts before it anyway", name, prefix)
		}
	}
}

// checkVersion parses as krew does.
func (vs *violations) checkVersion(v string) {
	const field = "spec.version"
	if !strings.HasPrefix(v, "v") {
		vs.add(field, ruleVersion, "%q has to begin with v", v)
		return
	}
	if _, err := version.ParseSemantic(v); err != nil {
		vs.add(field, ruleVersion, "%q is no semantic version: %v", v, err)
	}
}

func (vs *violations) checkTexts(s spec) {
	if !httpsAddress(s.Homepage) {
		vs.add("spec.homepage", ruleHomepage, "%q has to be an https address", s.Homepage)
	}
	vs.checkShort(s.ShortDescription)
	if strings.TrimSpace(s.Description) == "" {
		vs.add("spec.description", ruleDescription, "is missing")
	}
	vs.checkLines("spec.description", s.Description)
	vs.checkLines("spec.caveats", s.Caveats)
}

func (vs *violations) checkShort(s string) {
	const field = "spec.shortDescription"
	if strings.TrimSpace(s) == "" {
		vs.add(field, ruleShortDescription, "is missing")
	}
	if strings.ContainsAny(s, "\r\n") {
		vs.add(field, ruleShortDescription, "has a line break")
	}
	if n := len([]rune(s)); n >= shortLimit {
		vs.add(field, ruleShortDescription, "has %d characters, has to stay under %d", n, shortLimit)
	}
	if strings.HasSuffix(strings.TrimSpace(s), ".") {
		vs.add(field, ruleShortDescription, "ends with a full stop")
	}
	if word := redundant.FindString(s); word != "" {
		vs.add(field, ruleShortDescription, "says %q, which goes without saying", word)
	}
}

// checkLines lets a long single word be, such as an address.
func (vs *violations) checkLines(field, text string) {
	for i, line := range strings.Split(text, "\n") {
		if n := len([]rune(line)); n > lineLimit && strings.Contains(strings.TrimSpace(line), " ") {
			vs.add(field, ruleLineLength, "line %d has %d characters, more than %d", i+1, n, lineLimit)
		}
	}
}

func httpsAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != ""
}
