import LinuxSystem

// Where the distributions of Kubernetes keep what their kubelets run with. To support another one, add its lines.

/// The control groups in which service managers run a kubelet: a unit in a slice, below one of the hierarchies.
enum KubeletControlGroups {
    /// cgroup v2; v1 has a hierarchy of systemd's own, and beside v1 a v2 hierarchy may stand.
    static let hierarchies: [StaticString] = [
        "/sys/fs/cgroup/", "/sys/fs/cgroup/systemd/", "/sys/fs/cgroup/unified/",
    ]

    static let slices: [(name: StaticString, units: [StaticString])] = [
        (
            "system.slice",
            [
                "kubelet.service",
                "k3s.service", "k3s-agent.service",
                "rke2-server.service", "rke2-agent.service",
                "k0sworker.service", "k0scontroller.service",
                "snap.microk8s.daemon-kubelite.service", "snap.microk8s.daemon-kubelet.service",
                "snap.k8s.kubelet.service", "snap.kubelet.daemon.service",
            ]
        ),
        // EKS and Bottlerocket.
        ("runtime.slice", ["kubelet.service"]),
        // Talos.
        ("podruntime", ["kubelet"]),
    ]
}

/// One place from which a kubelet gets some of its flags.
enum ArgumentSource {
    /// A `--config` file.
    case configuration(StaticString)
    /// A `--config-dir` directory.
    case dropIns(StaticString)
    /// A file of variables for systemd, and the variables that hold flags; none named: all that do.
    case environment(StaticString, [StaticString])
    /// The same in `Environment=` lines of a unit file.
    case unit(StaticString, [StaticString])
    /// A file with one flag on each line.
    case lines(StaticString)
    /// The configuration file of a distribution that runs the kubelet itself, and the directory of drop-ins that it
    /// writes.
    case rancher(configuration: StaticString, dropIns: StaticString)
}

/// What a distribution's kubelet would be started with.
struct WellKnownPlace {
    let distribution: StaticString
    /// In the order of the command line.
    let arguments: [ArgumentSource]

    static let k3s = WellKnownPlace(
        distribution: "k3s",
        arguments: [
            .rancher(
                configuration: "/etc/rancher/k3s/config.yaml",
                dropIns: "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d")
        ])

    static let all: [WellKnownPlace] = [
        // kubeadm, and what is built on it: kind, minikube, Sealos, KubeKey, ACK with its own file at the end.
        // Before Kubernetes 1.11 the DNS flags stood in the unit.
        WellKnownPlace(
            distribution: "kubeadm",
            arguments: [
                .unit("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", ["KUBELET_DNS_ARGS"]),
                .configuration("/var/lib/kubelet/config.yaml"),
                .environment("/var/lib/kubelet/kubeadm-flags.env", ["KUBELET_KUBEADM_ARGS"]),
                .environment("/etc/default/kubelet", ["KUBELET_EXTRA_ARGS"]),
                .environment("/etc/sysconfig/kubelet", ["KUBELET_EXTRA_ARGS"]),
                .environment("/etc/kubernetes/kubelet-customized-args.conf", ["KUBELET_CUSTOMIZED_ARGS"]),
            ]),
        k3s,
        WellKnownPlace(
            distribution: "RKE2",
            arguments: [
                .rancher(
                    configuration: "/etc/rancher/rke2/config.yaml",
                    dropIns: "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d")
            ]),
        WellKnownPlace(distribution: "k0s", arguments: [.configuration("/run/k0s/kubelet/config.yaml")]),
        WellKnownPlace(distribution: "k0s", arguments: [.configuration("/var/lib/k0s/kubelet-config.yaml")]),
        WellKnownPlace(distribution: "MicroK8s", arguments: [.lines("/var/snap/microk8s/current/args/kubelet")]),
        WellKnownPlace(
            distribution: "Canonical Kubernetes", arguments: [.lines("/var/snap/k8s/common/args/kubelet")]),
        WellKnownPlace(
            distribution: "Charmed Kubernetes", arguments: [.configuration("/root/cdk/kubelet/config.yaml")]),
        WellKnownPlace(
            distribution: "EKS on Amazon Linux 2023",
            arguments: [
                .configuration("/etc/kubernetes/kubelet/config.json"),
                .dropIns("/etc/kubernetes/kubelet/config.json.d"),
                .environment("/etc/eks/kubelet/environment", []),
            ]),
        WellKnownPlace(
            distribution: "EKS on Amazon Linux 2",
            arguments: [.configuration("/etc/kubernetes/kubelet/kubelet-config.json")]),
        WellKnownPlace(distribution: "Bottlerocket", arguments: [.configuration("/etc/kubernetes/kubelet/config")]),
        WellKnownPlace(
            distribution: "GKE",
            arguments: [
                .configuration("/home/kubernetes/kubelet-config.yaml"),
                .environment("/etc/default/kubelet", ["KUBELET_OPTS"]),
            ]),
        WellKnownPlace(
            distribution: "AKS",
            arguments: [
                .configuration("/etc/default/kubeletconfig.json"),
                .environment("/etc/default/kubelet", ["KUBELET_FLAGS"]),
            ]),
        WellKnownPlace(
            distribution: "OpenShift",
            arguments: [
                .configuration("/etc/kubernetes/kubelet.conf"), .dropIns("/etc/openshift/kubelet.conf.d"),
            ]),
        WellKnownPlace(
            distribution: "Talos, Flatcar, Typhoon", arguments: [.configuration("/etc/kubernetes/kubelet.yaml")]),
        WellKnownPlace(
            distribution: "kops",
            arguments: [
                .configuration("/var/lib/kubelet/kubelet.conf"),
                .environment("/etc/sysconfig/kubelet", ["DAEMON_ARGS"]),
            ]),
        WellKnownPlace(
            distribution: "Kubespray",
            arguments: [
                .configuration("/etc/kubernetes/kubelet-config.yaml"),
                .environment("/etc/kubernetes/kubelet.env", []),
            ]),
        WellKnownPlace(distribution: "Gardener", arguments: [.configuration("/var/lib/kubelet/config/kubelet")]),
        WellKnownPlace(
            distribution: "openEuler eggo", arguments: [.configuration("/etc/kubernetes/kubelet_config.yaml")]),
        WellKnownPlace(distribution: "TKE", arguments: [.environment("/etc/kubernetes/kubelet", [])]),
        WellKnownPlace(
            distribution: "TKE Edge", arguments: [.environment("/etc/sysconfig/kubelet", ["CLUSTER_DNS"])]),
        WellKnownPlace(
            distribution: "CCE",
            arguments: [
                .configuration("/opt/cloud/cce/kubernetes/kubelet/kubelet_config.yaml"),
                .environment("/opt/cloud/cce/kubernetes/kubelet/kubelet", []),
            ]),
    ]
}

/// Where container runtimes keep the resolv.conf of each Pod's sandbox.
let sandboxDirectories: [StaticString] = [
    "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/rancher/k3s/agent/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/rancher/rke2/agent/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/k0s/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/snap/microk8s/common/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/snap/k8s/common/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
]
