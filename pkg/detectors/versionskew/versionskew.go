// Package versionskew detects versions that do not fit each other.
package versionskew

import (
	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/detect"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/symptom"
)

// Detector compares what should be one version, and tells of programs that
// say that they do not fit.
var Detector = &detect.Detector{
	Name:     "version-skew",
	Category: "deployment",
	Doc: `versions that do not fit each other

Means that versions do not fit each other, or differ where they should be one.

Reads what programs say (termination messages always, logs with --logs), the images
that pods really run, the tags of workloads, new revisions, and the versions of
nodes and of the API server.

Groups by whom the programs talk to, else by what they say; by workload and image;
by repository and command; kubelets and runtimes over all nodes.

Speaks when programs say themselves that they do not fit (an unsupported protocol or
schema version, an unknown field), with the new revision of the caller or of whom it
calls, if one came just before; when replicas of one revision run different images
under one tag and those of one digest fail while the others do not, which is what a
tag that was moved does; and when two or more workloads fail that run one tag of a
repository, while two or more others that run the same program from other tags are
fine. Where nothing fails by it, replicas of one revision on different digests,
kubelets more than one minor version apart or further from the API server than is
supported, and different container runtimes are observations, of severity info.

Silent while a rollout replaces one revision by the next (rollout-failure tells
whether that fails), on digests that differ because nodes differ in architecture or
runtime, on images whose digest the template names, on kubelets one minor version
apart, which is what an upgrade looks like, and on one workload alone that fails
with a tag of its own.

What to do: bring both sides to versions that fit; give every build a tag of its
own, or name images by digest; finish upgrades of nodes.`,
	Causes: []string{symptom.MixedVersions},
	Needs:  []cluster.Resource{cluster.Pods},
	Run:    run,
}

// blamable are the kinds of trouble that the version of a program can make.
var blamable = map[symptom.Kind]bool{
	symptom.Exit: true, symptom.CrashLoop: true, symptom.OOM: true, symptom.Start: true, symptom.Probe: true, symptom.Unready: true,
	symptom.Network: true, symptom.Environment: true, symptom.Credentials: true, symptom.Version: true,
}

func run(pass *detect.Pass) {
	said(pass)
	health := pass.Health(blamable)
	digests(pass, health)
	tags(pass, health)
	machines(pass)
}

// observed makes the symptom of something that nothing fails by.
func observed(pass *detect.Pass, object cluster.Ref, message string) *symptom.Symptom {
	return &symptom.Symptom{Kind: symptom.Version, Cause: symptom.MixedVersions, Object: object.Key(), First: pass.At, Last: pass.At, Count: 1, Message: message,
		Evidence: []symptom.Evidence{{Source: symptom.FromStatus, Subject: object.Key(), Time: pass.At, Reason: "Version", Text: message, Count: 1}}}
}
