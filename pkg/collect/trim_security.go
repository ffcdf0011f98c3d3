package collect

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// securityOf writes the fields of a container's security context that decide
// whether a program may do what it does.
func securityOf(s *corev1.SecurityContext) string {
	if s == nil {
		return ""
	}
	var parts []string
	parts = append(parts, identity(s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot)...)
	parts = addFlag(parts, "privileged", s.Privileged)
	parts = addFlag(parts, "readOnlyRootFilesystem", s.ReadOnlyRootFilesystem)
	parts = addFlag(parts, "allowPrivilegeEscalation", s.AllowPrivilegeEscalation)
	if c := s.Capabilities; c != nil {
		for _, name := range c.Add {
			parts = append(parts, "+"+string(name))
		}
		for _, name := range c.Drop {
			parts = append(parts, "-"+string(name))
		}
	}
	if p := s.SeccompProfile; p != nil {
		parts = append(parts, "seccomp="+string(p.Type))
	}
	return strings.Join(parts, " ")
}

// podSecurityOf does the same for the pod as a whole.
func podSecurityOf(s *corev1.PodSecurityContext) string {
	if s == nil {
		return ""
	}
	parts := identity(s.RunAsUser, s.RunAsGroup, s.RunAsNonRoot)
	if s.FSGroup != nil {
		parts = append(parts, fmt.Sprintf("fsGroup=%d", *s.FSGroup))
	}
	if p := s.SeccompProfile; p != nil {
		parts = append(parts, "seccomp="+string(p.Type))
	}
	return strings.Join(parts, " ")
}

func identity(user, group *int64, nonRoot *bool) []string {
	var parts []string
	if user != nil {
		parts = append(parts, fmt.Sprintf("runAsUser=%d", *user))
	}
	if group != nil {
		parts = append(parts, fmt.Sprintf("runAsGroup=%d", *group))
	}
	return addFlag(parts, "runAsNonRoot", nonRoot)
}

func addFlag(parts []string, name string, value *bool) []string {
	if value == nil {
		return parts
	}
	return append(parts, fmt.Sprintf("%s=%t", name, *value))
}
