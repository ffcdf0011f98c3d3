package stages

// Texts of kubelet 1.36 and containerd 2, as expressions of kwok's templates.
// They are what tools read; change them only with the source beside you.
const (
	imagePresent = `printf "Container image \"%s\" already present on machine and can be accessed by the pod" $c.image`

	// pullTime differs from pod to pod but not from call to call.
	pullTime = `(printf "%dms" (add 300 (mod $seed 690)))`

	// pullError is annotation pull-error, in which $IMAGE stands for the image.
	// By default the registry refuses credentials that it does not know any more.
	pullError = `(default "failed to pull and unpack image \"$IMAGE\": failed to resolve reference \"$IMAGE\": pull access denied, repository does not exist or may require authorization: server message: invalid_token: authorization failed" (index $a "fake.kubelet/pull-error") | replace "$IMAGE" $c.image)`

	// backOff is the delay that a kubelet would name, whatever we really wait.
	backOff = `(index (list "10s" "20s" "40s" "1m20s" "2m40s" "5m0s") (min 5 (max 0 (sub $restarts 1)) | int))`

	exitReason = `{{ default (ternary "Completed" "Error" (eq "0" (default "1" (index $a "fake.kubelet/exit-code")))) (index $a "fake.kubelet/exit-reason") }}`

	cgroupV1 = "cgroup v1 detected. cgroup v1 support is deprecated and will be removed in a future release. Please migrate to cgroup v2. More information at https://git.k8s.io/enhancements/keps/sig-node/5573-remove-cgroup-v1"

	// allUnready makes notReady name all containers instead of the first.
	allUnready = `{{ $names := list }}{{ range .spec.containers }}{{ $names = append $names .name }}{{ end }}{{ $unready = join " " $names }}
`
)

func containerPulling() string {
	return containerEvent("pulling", "Normal", "Pulling", `(printf "Pulling image \"%s\"" $c.image)`, "1", "(or .status.startTime $now)")
}
