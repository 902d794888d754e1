#include "slurm/doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace specsweep::slurm {
namespace {

ClusterTexts healthy()
{
    ClusterTexts texts;
    texts.config = parse_config(
        "SLURM_VERSION = 23.11.4\nMaxArraySize = 4001\nMaxJobCount = 10000\nMinJobAge = 300 sec\nJobRequeue = "
        "1\nKillWait = "
        "30 sec\nAccountingStorageType = accounting_storage/slurmdbd\nPreemptMode = OFF\n");
    texts.partitions = "main*|up|1-00:00:00|120|64+|256000\ndebug|down|30:00|2|64|256000\n";
    texts.mpi_plugins = "MPI plugin types are...\n\tpmix\n\tnone\n";
    texts.mpi_runtime = "mca:pmix:ext3x:version:\"x\"\nmca:io:romio321:version:\"x\"\nmca:io:ompio:version:\"x\"\n";
    return texts;
}

std::string setting(const Diagnosis& diagnosis, const std::string& key)
{
    for (const auto& [name, value] : diagnosis.settings)
        if (name == key)
            return value;
    return "";
}

TEST(Doctor, WritesTheProfileOfAHealthyCluster)
{
    Diagnosis diagnosis;
    diagnose_cluster(healthy(), diagnosis);
    EXPECT_TRUE(diagnosis.healthy());
    EXPECT_EQ(setting(diagnosis, "max_array_size"), "4001");
    EXPECT_EQ(setting(diagnosis, "launcher"), "srun");
    EXPECT_EQ(setting(diagnosis, "partition"), "main");
    EXPECT_EQ(setting(diagnosis, "ranks"), "64");
    const TemporaryFolder folder;
    const auto file = folder.path() / "p.yaml";
    std::ofstream(file) << profile_text(diagnosis, "generic");
    EXPECT_EQ(Profile::load(file.string(), {}).integer("max_array_size"), 4001);
}

TEST(Doctor, PmixOnOneSideOnlyMeansMpirun)
{
    for (const bool plugin : {false, true}) {
        ClusterTexts texts = healthy();
        (plugin ? texts.mpi_runtime : texts.mpi_plugins) = plugin ? "mca:io:ompio:version:1\n" : "\tnone\n\tpmi2\n";
        Diagnosis diagnosis;
        diagnose_cluster(texts, diagnosis);
        EXPECT_EQ(setting(diagnosis, "launcher"), "mpirun");
    }
}

TEST(Doctor, SeesAClusterWithoutArraysOrAccounting)
{
    ClusterTexts texts = healthy();
    texts.config["MaxArraySize"] = "0";
    texts.config["AccountingStorageType"] = "accounting_storage/none";
    Diagnosis diagnosis;
    diagnose_cluster(texts, diagnosis);
    EXPECT_FALSE(diagnosis.healthy());
    EXPECT_NE(to_text(diagnosis).find("record of attempts"), std::string::npos);
}

TEST(Doctor, LooksAtAFolder)
{
    const TemporaryFolder folder;
    Diagnosis good;
    diagnose_folder(folder.path(), good);
    EXPECT_TRUE(good.healthy()) << to_text(good);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    Diagnosis bad;
    diagnose_folder("/proc/nowhere", bad);
    EXPECT_FALSE(bad.healthy());
}

}  // namespace
}  // namespace specsweep::slurm
