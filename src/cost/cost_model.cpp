#include "cost/cost_model.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "base/integer.hpp"
#include "cost/group_solver.hpp"

namespace specsweep::cost {

namespace {

constexpr std::int64_t panel_rows = 256;
constexpr std::int64_t bytes_per_panel_element = 8 + 4 + 4 + 2 * 8;
constexpr std::int64_t process_bytes = 100'000'000;
/// What a rank of a group receives a second from the others: a modest network, half of what one machine's memory gives.
constexpr double network_bytes_per_second = 2e9;
constexpr double lanczos_passes = 22;
constexpr double most_sampled_pairs = 1e5;
constexpr double pair_seconds = 1e-7;  // drawing, sorting and one cosine of a few hundred terms; Zen 4, measured
/// Every pair of rows that a cache holds: counting it, and each term of its cosine. Zen 4, measured for 128 to 384
/// terms.
constexpr double tiled_pair_seconds = 1.4e-8, tiled_term_seconds = 1.2e-10;
constexpr double most_kept_rows = 8192, most_kept_elements = 8388608;  // measure/quasi_orthogonality.hpp
constexpr std::int64_t lanczos_vectors = 248;  // basis of 60 steps with four vectors, and two blocks of them
/// W and U, two k × k, a product, LAPACK: where these are more than 2 GiB, no residual is measured
/// (spectrum/singular_residual.hpp).
constexpr std::int64_t most_residual_numbers = std::int64_t{1} << 28;
constexpr std::int64_t kept_bytes = std::int64_t{512} << 20;

/// r₂(n): BLAS-2 rate on a matrix of 8n² bytes.
double blas2_rate(double n, const MachineConstants& machine)
{
    const double bytes = 8 * n * n;
    const double outside = bytes > machine.cache_bytes ? 1 - machine.cache_bytes / bytes : 0;
    return 1 / ((1 - outside) / machine.blas2_flops_per_second + outside / machine.blas2_memory_flops_per_second);
}

/// A reduction to condensed form does half of its operations in BLAS 3, half in BLAS 2.
double reduction_seconds(double flops, double n, const MachineConstants& machine)
{
    return flops / 2 / machine.blas3_flops_per_second + flops / 2 / blas2_rate(n, machine);
}

std::int64_t group_bytes(std::int64_t rows, std::int64_t cols, const GroupSolver& group)
{
    const std::int64_t k = std::min(rows, cols);
    const std::int64_t share = divide_up<std::int64_t>(checked_multiply(k, k), group.ranks());
    // Twice G, uneven blocks and packed columns, against once G, packed rows and columns, reflectors and band.
    const std::int64_t scalapack = checked_add(checked_multiply(2, share), checked_multiply(2 * group.nb + 300, k));
    const std::int64_t own = checked_add(share, checked_multiply(264 + 450, k) + 264 * k / group.ranks());
    // The whole matrix, and pdgebrd's panels.
    const std::int64_t whole = checked_add(divide_up<std::int64_t>(checked_multiply(rows, cols), group.ranks()),
                                           checked_multiply(2 * group.nb + 300, checked_add(rows, cols)));
    const std::int64_t parts = checked_multiply(8, group.method == "pdgesvd" ? whole : std::max(scalapack, own));
    const std::int64_t panel = checked_multiply(4 * std::min(panel_rows, rows), cols);
    // Wide: the columns of this rank's row panels, 256 MiB of them or one piece of 256, and a piece of all rows.
    const std::int64_t my_rows =
        std::min(rows, divide_up<std::int64_t>(divide_up(rows, panel_rows), group.ranks()) * panel_rows);
    const std::int64_t most_stored = std::max(std::int64_t{256} << 20, checked_multiply(4 * panel_rows, my_rows));
    const std::int64_t stored = std::min(most_stored, checked_multiply(checked_multiply(4, my_rows), cols));
    const std::int64_t store = rows < cols ? checked_add(stored, checked_multiply(4 * panel_rows, rows)) : panel;
    return checked_add(parts, checked_add(checked_add(panel, store), process_bytes));
}

bool of_gram_matrix(std::string_view solver)
{
    return solver == "gram-two-stage" || solver == "gram-lapack";
}

bool of_matrix_itself(std::string_view solver)
{
    return solver == "qr-lapack" || solver == "dgesdd";
}

std::int64_t singular_residual_numbers(std::int64_t rows, std::int64_t cols)
{
    const std::int64_t k = std::min(rows, cols);
    return checked_add(checked_multiply(2, checked_multiply(rows, cols)), checked_multiply(8, checked_multiply(k, k)));
}

double pairs_seconds(double rows, double cols, AnglePairs pairs)
{
    if (pairs == AnglePairs::sampled)
        return std::min(rows * (rows - 1) / 2, most_sampled_pairs) * pair_seconds;
    const double kept = std::min({rows, most_kept_rows, most_kept_elements / std::max(cols, 1.0)});
    return kept * (kept - 1) / 2 * (tiled_pair_seconds + cols * tiled_term_seconds);
}

[[noreturn]] void refuse(std::string_view solver)
{
    throw InternalError("there is no cost model for the solver `" + std::string(solver) + "`");
}

}  // namespace

double predicted_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver, const MachineConstants& machine)
{
    const double m = static_cast<double>(std::max(rows, cols));
    const double n = static_cast<double>(std::min(rows, cols));
    const double read = machine.unit_seconds + m * n * machine.read_seconds;
    const double fixed = read + n * n * machine.tridiagonal_seconds;
    if (const auto group = parse_group_solver(solver)) {
        // In rank-seconds: what the group takes, times its ranks; the values of a matrix come from one of them.
        const bool own = group->method == "gram-band";
        const double rate = own ? machine.band_flops_per_second : machine.group_flops_per_second;
        const double shared = group->method == "pdgesvd"
                                  ? (4 * m * n * n - 4.0 / 3 * n * n * n) / rate
                                  : m * n * n / machine.blas3_flops_per_second + 4.0 / 3 * n * n * n / rate;
        const double exchange = (4 * m * n + 12 * n * n) / network_bytes_per_second;
        const double values = n * n * machine.band_seconds / most_pending_units(solver);
        return shared + read + group->ranks() * (exchange + machine.unit_seconds + values);
    }
    if (solver == "lanczos")
        return read + lanczos_passes * m * n * machine.sweep_seconds;
    if (solver == "gram-two-stage")
        return read + m * n * n / machine.blas3_flops_per_second + 4.0 / 3 * n * n * n / machine.band_flops_per_second +
               n * n * machine.band_seconds;
    if (solver == "gram-lapack")
        return fixed + m * n * n / machine.blas3_flops_per_second + reduction_seconds(4.0 / 3 * n * n * n, n, machine);
    if (solver == "qr-lapack")
        return fixed + (2 * m * n * n - 2.0 / 3 * n * n * n) / machine.blas3_flops_per_second +
               reduction_seconds(8.0 / 3 * n * n * n, n, machine);
    if (solver == "dgesdd")  // a QR first where the matrix is tall; all of its reduction of R reads the matrix anew
        return fixed + (2 * m * n * n - 2.0 / 3 * n * n * n) / machine.blas3_flops_per_second +
               reduction_seconds(8.0 / 3 * n * n * n, n, machine);
    refuse(solver);
}

double predicted_quantize_seconds(std::int64_t rows, std::int64_t cols, const MachineConstants& machine)
{
    return machine.unit_seconds + static_cast<double>(rows) * static_cast<double>(cols) * machine.quantize_seconds;
}

double predicted_angle_seconds(std::int64_t rows, std::int64_t cols, const MachineConstants& machine, AnglePairs pairs)
{
    const double m = static_cast<double>(rows), n = static_cast<double>(cols);
    const double reduction = rows >= cols ? m * n * n / (2 * machine.blas3_flops_per_second)
                                          : predicted_seconds(rows, cols, "gram-two-stage", machine);
    return 2 * (reduction + 2 * m * n * machine.read_seconds + pairs_seconds(m, n, pairs));
}

double predicted_extended_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const MachineConstants& machine)
{
    if (parse_group_solver(solver))
        return 0;
    constexpr std::int64_t farms_side = 128;
    constexpr double most_blocks = 256;
    const double m = static_cast<double>(std::max(rows, cols));
    const double n = static_cast<double>(std::min(rows, cols));
    const std::int64_t side = std::min({farms_side, rows, cols});
    const double blocks =
        side == 0 ? 0 : std::min<double>(most_blocks, static_cast<double>(rows / side * (cols / side)));
    return predicted_seconds(rows, cols, solver, machine) + 2 * m * n * n / machine.blas3_flops_per_second +
           reduction_seconds(4.0 / 3 * n * n * n, n, machine) + blocks * predicted_seconds(side, side, solver, machine);
}

std::int64_t predicted_extended_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver)
{
    return parse_group_solver(solver) ? 0 : checked_multiply(8, checked_multiply(rows, cols));
}

double predicted_residual_seconds(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                  const MachineConstants& machine)
{
    const double m = static_cast<double>(std::max(rows, cols));
    const double n = static_cast<double>(std::min(rows, cols));
    if (of_gram_matrix(solver))
        return m * n * machine.read_seconds +
               (3.75 * m * n * n + 44.0 / 3 * n * n * n) / machine.blas3_flops_per_second +
               reduction_seconds(4.0 / 3 * n * n * n, n, machine);
    if (of_matrix_itself(solver) && singular_residual_numbers(rows, cols) <= most_residual_numbers)
        return m * n * machine.read_seconds + (28 * m * n * n + 14 * n * n * n) / machine.blas3_flops_per_second;
    return 0;
}

std::int64_t predicted_residual_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver)
{
    if (!of_gram_matrix(solver) && !of_matrix_itself(solver))
        return 0;
    const std::int64_t k = std::min(rows, cols);
    const std::int64_t of_matrix = singular_residual_numbers(rows, cols);
    std::int64_t numbers = of_gram_matrix(solver) ? checked_multiply(5, checked_multiply(k, k)) : 0;
    if (of_matrix <= most_residual_numbers)
        numbers = std::max(numbers, of_matrix);
    return checked_multiply(8, checked_add(numbers, checked_multiply(5 * panel_rows, k)));
}

std::int64_t predicted_bytes(std::int64_t rows, std::int64_t cols, std::string_view solver)
{
    if (const auto group = parse_group_solver(solver))
        return group_bytes(rows, cols, *group);
    if (!of_gram_matrix(solver) && !of_matrix_itself(solver) && solver != "lanczos")
        refuse(solver);
    const std::int64_t k = std::min(rows, cols);
    std::int64_t square = checked_multiply(8, checked_multiply(k, solver == "dgesdd" ? std::max(rows, cols) : k));
    if (solver == "lanczos") {
        const std::int64_t kept = std::max(square, kept_bytes);
        const std::int64_t basis = checked_multiply(lanczos_vectors * 8, cols);
        square = checked_add(std::min(kept, checked_multiply(4, checked_multiply(rows, cols))), basis);
    }
    const std::int64_t panel =
        checked_multiply(bytes_per_panel_element, checked_multiply(std::min(panel_rows, rows), cols));
    return checked_add(checked_add(square, panel), process_bytes);
}

int most_pending_units(std::string_view solver)
{
    constexpr int most = 16;
    return method_of_solver(solver) == "pdgesvd" ? 1 : std::min(ranks_of_solver(solver), most);
}

std::int64_t pending_bytes(std::int64_t rows, std::int64_t cols)
{
    constexpr std::int64_t page = 4096, huge_page = std::int64_t{2} << 20;
    constexpr std::int64_t padding = 66;  // to a multiple of 16, and a block behind
    const std::int64_t bytes = checked_multiply(8 * 49, std::min(rows, cols) + padding);
    return round_up(bytes, bytes >= huge_page ? huge_page : page);
}

std::int64_t predicted_bytes_together(std::int64_t rows, std::int64_t cols, std::string_view solver,
                                      std::int64_t bytes_per_rank)
{
    const std::int64_t alone = predicted_bytes(rows, cols, solver), each = pending_bytes(rows, cols);
    const std::int64_t fitting = std::max<std::int64_t>(0, bytes_per_rank - alone) / each;
    return checked_add(alone, each * std::min<std::int64_t>(fitting, most_pending_units(solver) - 1));
}

}  // namespace specsweep::cost
