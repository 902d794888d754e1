#include "run/memory_check.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/memory.hpp"
#include "base/text.hpp"
#include "mpi/agreement.hpp"

namespace specsweep::run {
namespace {

/// A whole number of megabytes in the environment; 0 when there is none.
std::int64_t megabytes(const char* name)
{
    const char* const text = std::getenv(name);
    if (text == nullptr)
        return 0;
    char* end = nullptr;
    const long long value = std::strtoll(text, &end, 10);
    return end != text && *end == '\0' && value > 0 && value < (1LL << 40) ? value : 0;
}

std::int64_t batch_budget()
{
    constexpr std::int64_t megabyte = std::int64_t{1} << 20;
    if (const std::int64_t node = megabytes("SLURM_MEM_PER_NODE"))
        return node * megabyte;
    const std::int64_t cpu = megabytes("SLURM_MEM_PER_CPU"), cpus = megabytes("SLURM_CPUS_ON_NODE");
    return cpu * cpus * megabyte;
}

}  // namespace

std::int64_t node_need(std::vector<std::int64_t> unit_bytes, int ranks)
{
    std::sort(unit_bytes.begin(), unit_bytes.end(), std::greater<>());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < std::min(unit_bytes.size(), static_cast<std::size_t>(ranks)); ++i)
        sum += unit_bytes[i];
    return sum;
}

std::int64_t node_budget()
{
    const std::int64_t machine = available_bytes(), batch = batch_budget();
    if (machine == 0 || batch == 0)
        return std::max(machine, batch);
    return std::min(machine, batch);
}

void check_memory(const mpi::Communicator& world, const mpi::Communicator& node, const sweep::Plan& plan,
                  std::span<const Task> tasks)
{
    mpi::run_agreed(world, [&] {
        if (!node.is_root())
            return;
        std::vector<std::int64_t> bytes;
        for (const Task& task : tasks) {
            const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(task.unit_row)];
            // Every rank of a group holds that much.
            const auto copies = static_cast<std::size_t>(std::min(task.ranks, node.size()));
            bytes.insert(bytes.end(), copies, plan.matrices[static_cast<std::size_t>(unit.matrix)].predicted_bytes);
        }
        const std::int64_t budget = node_budget(), need = node_need(bytes, node.size());
        if (budget == 0 || need <= budget)
            return;
        int fitting = node.size();
        while (fitting > 0 && node_need(bytes, fitting) > budget)
            --fitting;
        const auto text = [](std::int64_t value) { return format_bytes(static_cast<double>(value)); };
        throw UsageError(fmt::format("{} ranks on a node need up to {}", node.size(), text(need)),
                         fmt::format("{} are available there", text(budget)),
                         fitting > 0 ? fmt::format("start at most {} ranks a node, or ask for more memory", fitting)
                                     : fmt::format("ask for {} a rank, or plan with a smaller --memory-per-rank",
                                                   text(node_need(bytes, 1))));
    });
}

}  // namespace specsweep::run
