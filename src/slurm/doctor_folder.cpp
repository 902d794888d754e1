#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <ctime>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "slurm/command.hpp"
#include "slurm/doctor.hpp"

namespace specsweep::slurm {

namespace {

constexpr double most_skew_seconds = 30;
constexpr double little_space = 10e9;
constexpr double write_seconds = 60;

void exclusive_creation(const std::filesystem::path& file, Diagnosis& diagnosis)
{
    const int first = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    const int error = errno;
    if (first < 0) {
        diagnosis.add(Health::problem, "folder",
                      file.parent_path().string() + " cannot be written: " + system_message(error),
                      "choose another one with --folder");
        return;
    }
    const int second = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    diagnosis.add(
        second < 0 ? Health::good : Health::problem, "O_EXCL", second < 0 ? "works" : "a file was created twice",
        second < 0 ? "leases keep two tasks from one shard" : "leases do not work here: never submit a sweep twice");
    const bool locks = ::flock(first, LOCK_EX | LOCK_NB) == 0;
    diagnosis.add(locks ? Health::good : Health::note, "flock", locks ? "works" : system_message(errno),
                  locks ? "" : "not needed: leases and result files do without");
    struct stat entry = {};
    if (::fstat(first, &entry) == 0) {
        const double skew =
            std::fabs(static_cast<double>(entry.st_mtim.tv_sec) - static_cast<double>(std::time(nullptr)));
        diagnosis.add(skew > most_skew_seconds ? Health::note : Health::good, "clock",
                      fmt::format("file times differ from this machine's by {:.0f} s", skew),
                      "leases compare file times only with each other");
    }
    if (second >= 0)
        ::close(second);
    ::close(first);
}

void renaming(const std::filesystem::path& file, Diagnosis& diagnosis)
{
    try {
        write_text_file_atomically(file, "first");
        write_text_file_atomically(file, "second");
        const bool good = read_text_file(file) == "second";
        diagnosis.add(good ? Health::good : Health::problem, "rename",
                      good ? "replaces a file in one step" : "lost a file",
                      good ? "" : "result files are not safe here");
    } catch (const Error& error) {
        diagnosis.add(Health::problem, "rename", error.what(), "result files are not safe here");
    }
}

void free_space(const std::filesystem::path& folder, Diagnosis& diagnosis)
{
    struct statvfs space = {};
    if (::statvfs(folder.c_str(), &space) != 0)
        return;
    const double bytes = static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize);
    diagnosis.add(bytes < little_space ? Health::note : Health::good, "free space", format_bytes(bytes),
                  "`specsweep plan` says what a sweep needs; quotas are not seen here");
}

/// One 48 x 48 matrix of type F32 in a folder that any version of the program reads.
void write_checkpoint(const std::filesystem::path& folder)
{
    constexpr std::size_t side = 48;
    std::filesystem::create_directories(folder);
    write_text_file_atomically(folder / "config.json", R"({"model_type": "doctor"})");
    const std::string header = fmt::format(
        R"({{"a.weight":{{"dtype":"F32","shape":[{0},{0}],"data_offsets":[0,{1}]}}}})", side, 4 * side * side);
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>((header.size() >> (8 * i)) & 0xff);
    bytes += header;
    for (std::size_t i = 0; i < side * side; ++i)
        bytes +=
            std::string("\0\0\x80", 3) + (i % (side + 1) == 0 ? '\x40' : '\x3f');  // 4 on the diagonal, 1 elsewhere
    write_text_file_atomically(folder / "model.safetensors", bytes);
}

}  // namespace

void diagnose_folder(const std::filesystem::path& folder, Diagnosis& diagnosis)
{
    std::error_code failure;
    const std::filesystem::path file = folder / fmt::format(".doctor.{}", ::getpid());
    exclusive_creation(file, diagnosis);
    if (std::filesystem::exists(file, failure)) {
        renaming(file, diagnosis);
        std::filesystem::remove(file, failure);
    }
    free_space(folder, diagnosis);
}

void diagnose_parallel_write(const std::filesystem::path& folder, const std::filesystem::path& program,
                             const Profile& profile, Diagnosis& diagnosis)
{
    const std::filesystem::path place = folder / fmt::format(".doctor-write.{}", ::getpid());
    std::error_code ignored;
    try {
        write_checkpoint(place / "checkpoint");
        std::vector<std::string> command{"env"};
        for (const std::string& assignment : profile.list("environment"))
            command.push_back(assignment);
        if (!profile.text("io_component").empty())
            command.push_back(profile.text("io_variable") + "=" + profile.text("io_component"));
        command.insert(command.end(), {"mpirun", "-n", "2"});
        for (const std::string& option : profile.list("launcher_options"))
            if (profile.text("launcher") == "mpirun")
                command.push_back(option);
        command.insert(command.end(),
                       {program.string(), "run", "--checkpoint", (place / "checkpoint").string(), "--quantizer", "int",
                        "-o", (place / "r.h5").string(), "--no-digest-cache", "-q"});
        const CommandResult result = run_command(command, write_seconds);
        const std::string component =
            profile.text("io_component").empty() ? "default component" : profile.text("io_component");
        if (result.ok())
            diagnosis.add(Health::good, "parallel HDF5", "two ranks wrote a result file with the " + component, "");
        else if (result.exit_code == 127)
            diagnosis.add(Health::note, "parallel HDF5", "not tried: " + result.message(),
                          "load the MPI module and try again");
        else
            diagnosis.add(
                Health::problem, "parallel HDF5",
                fmt::format("the {} {}", component, result.timed_out ? "hangs" : "fails: " + result.message()),
                "set io_component (romio321 or ompio of Open MPI), or write to another file system");
    } catch (const Error& error) {
        diagnosis.add(Health::problem, "parallel HDF5", error.what(), "choose another folder");
    }
    std::filesystem::remove_all(place, ignored);
}

}  // namespace specsweep::slurm
