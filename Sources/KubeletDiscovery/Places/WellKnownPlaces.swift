import LinuxSystem

// Where the distributions of Kubernetes keep the settings of their kubelets. To support another one, add it here.

/// The control groups in which service managers run a kubelet: HIERARCHY/SLICE/UNIT.
enum KubeletControlGroups {
    /// For cgroup v2, for v1 (where systemd has a hierarchy of its own), and for a v2 hierarchy beside v1.
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

/// A file or directory from which a kubelet gets some of its flags.
enum ArgumentSource {
    /// A `--config` file.
    case configuration(StaticString)
    /// A `--config-dir` directory.
    case dropIns(StaticString)
    /// An `EnvironmentFile=` of systemd, and the variables in it that contain flags. No names: all variables.
    case environment(StaticString, [StaticString])
    /// A unit file with `Environment=` lines, and the variables that contain flags.
    case unit(StaticString, [StaticString])
    /// An argument file of a snap: ``SnapArguments``.
    case lines(StaticString)
    /// The configuration file of k3s or RKE2, which run the kubelet themselves, and the drop-in directory that they
    /// write.
    case rancher(configuration: StaticString, dropIns: StaticString)
}

/// The flags with which a distribution starts its kubelet.
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
        // kubeadm, and the distributions based on it: kind, minikube, Sealos, KubeKey, and ACK (the last file).
        // Before Kubernetes 1.11 the DNS flags are in the unit file.
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

/// Where container runtimes keep the Pods' resolv.conf files, at SANDBOX/resolv.conf.
let sandboxDirectories: [StaticString] = [
    "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/rancher/k3s/agent/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/rancher/rke2/agent/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/lib/k0s/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/snap/microk8s/common/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
    "/var/snap/k8s/common/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes",
]
