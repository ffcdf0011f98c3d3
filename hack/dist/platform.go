package main

import (
	"fmt"
	"regexp"
	"strings"
)

// licenseName is the top-level file that every archive carries: krew's index
// takes no plugin without.
const licenseName = "LICENSE"

// noticesName is the file of others' licences beside it.
const noticesName = "THIRD_PARTY_LICENSES"

var (
	digestForm  = regexp.MustCompile(`^[a-f0-9]{64}$`)
	placeholder = strings.Repeat("0", 64)
)

func (vs *violations) checkPlatforms(s spec) {
	if len(s.Platforms) == 0 {
		vs.add("spec.platforms", rulePlatforms, "has to name at least one")
	}
	for i, p := range s.Platforms {
		vs.checkPlatform(platformField(i), p, s.Version)
	}
	vs.checkOverlap(s.Platforms)
	vs.checkUnique(s.Platforms)
}

func platformField(i int) string { return fmt.Sprintf("spec.platforms[%d]", i) }

func (vs *violations) checkPlatform(field string, p platform, version string) {
	vs.checkSelector(field+".selector", p.Selector)
	vs.checkURI(field+".uri", p.URI, version)
	vs.checkDigest(field+".sha256", p.Sha256)
	vs.checkFiles(field+".files", p.Files)
	vs.checkBin(field, p)
	vs.checkExe(field+".bin", p)
}

func (vs *violations) checkURI(field, uri, version string) {
	switch {
	case uri == "":
		vs.add(field, ruleURI, "is missing")
		return
	case !httpsAddress(uri):
		vs.add(field, ruleURI, "%q has to be an https address", uri)
	case !strings.HasSuffix(uri, ".tar.gz") && !strings.HasSuffix(uri, ".zip"):
		vs.add(field, ruleURI, "%q has to lead to a .tar.gz or a .zip", uri)
	}
	// A version that was raised while an address was forgotten installs the
	// old binary under the new version.
	if version != "" && (!strings.Contains(uri, "/"+version+"/") || !strings.Contains(uri, "_"+version+"_")) {
		vs.add(field, ruleURIVersion, "%q has to name %s as release and in the archive's name", uri, version)
	}
}

func (vs *violations) checkDigest(field, digest string) {
	switch {
	case digest == placeholder:
		vs.add(field, rulePlaceholder, "is still the placeholder")
	case !digestForm.MatchString(digest):
		vs.add(field, ruleSha256, "%q has to be 64 digits and letters a to f", digest)
	}
}

// checkFiles: krew tells "not set", which takes everything, from "empty",
// which takes nothing.
func (vs *violations) checkFiles(field string, files []fileOp) {
	if files != nil && len(files) == 0 {
		vs.add(field, ruleFiles, "has to be left out or name at least one file")
	}
	for i, op := range files {
		at := fmt.Sprintf("%s[%d]", field, i)
		vs.checkPath(at+".from", ruleFiles, op.From)
		vs.checkPath(at+".to", ruleFiles, op.To)
		if op.To != "" && !isClean(op.To) {
			vs.add(at+".to", ruleFiles, "%q has to be written without detours", op.To)
		}
	}
}

// checkPath: everything stays inside the folder that krew unpacks to.
func (vs *violations) checkPath(field string, missing rule, name string) {
	switch {
	case name == "":
		vs.add(field, missing, "is missing")
	case escapes(name):
		vs.add(field, ruleEscape, "%q leads out of the plugin's folder", name)
	}
}

// checkBin looks where it can without the archive: a pattern may match
// anything, so only the archive tells what it installs.
func (vs *violations) checkBin(field string, p platform) {
	vs.checkPath(field+".bin", ruleBin, p.Bin)
	if len(p.Files) == 0 || anyPattern(p.Files) {
		return
	}
	names := make([]string, len(p.Files))
	for i, op := range p.Files {
		names[i] = op.From
	}
	vs.checkInstalled(field, p, installed(p.Files, names))
}

// checkInstalled works for what the manifest promises and for what the
// archive holds.
func (vs *violations) checkInstalled(field string, p platform, got map[string]string) {
	if _, ok := got[cleanPath(p.Bin)]; p.Bin != "" && !ok {
		vs.add(field+".bin", ruleBinInstalled, "%q is not among the installed files (%s)", p.Bin, joinKeys(got))
	}
	for name := range got {
		if isLicense(name) {
			return
		}
	}
	vs.add(field+".files", ruleLicense, "no license is among the installed files (%s)", joinKeys(got))
}

// checkExe: krew links a .exe on Windows, whatever else would run there.
func (vs *violations) checkExe(field string, p platform) {
	pair, ok := onlyPair(p.Selector)
	if ok && pair.os == "windows" && p.Bin != "" && !strings.HasSuffix(p.Bin, ".exe") {
		vs.add(field, ruleExe, "%q has to end with .exe on Windows", p.Bin)
	}
}

// checkUnique: two platforms of one archive are a line that was copied and
// not changed.
func (vs *violations) checkUnique(ps []platform) {
	first := map[string]int{}
	for i, p := range ps {
		if p.URI == "" {
			continue
		}
		if j, ok := first[p.URI]; ok {
			vs.add(platformField(i)+".uri", ruleURIUnique, "is also the address of %s", platformField(j))
			continue
		}
		first[p.URI] = i
	}
}
