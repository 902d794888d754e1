#include "linalg/blacs_grid.hpp"

#include "base/error.hpp"

extern "C" {
int Csys2blacs_handle(MPI_Comm comm);
void Cfree_blacs_system_handle(int handle);
void Cblacs_gridinit(int* context, const char* order, int rows, int cols);
void Cblacs_gridinfo(int context, int* rows, int* cols, int* row, int* col);
void Cblacs_set(int context, int what, const int* value);
void Cblacs_gridexit(int context);
}

namespace specsweep::linalg {
namespace {

/// SGET_TOPSREPEAT: without it sums over three ranks or more are added in the order in which messages arrive.
constexpr int sums_repeat = 15;

}  // namespace

BlacsGrid::BlacsGrid(const mpi::Communicator& comm, GridShape shape) : comm_(comm), shape_(shape)
{
    if (shape.rows < 1 || shape.cols < 1 || shape.rows * shape.cols != comm.size())
        throw InternalError("a process grid does not fit its communicator");
    handle_ = Csys2blacs_handle(comm.handle());
    context_ = handle_;
    Cblacs_gridinit(&context_, "Row", shape.rows, shape.cols);
    int rows = 0, cols = 0;
    Cblacs_gridinfo(context_, &rows, &cols, &row_, &col_);
    if (rows != shape.rows || cols != shape.cols || row_ < 0 || col_ < 0)
        throw InternalError("BLACS made another grid than it was asked for");
    const int repeatable = 1;
    Cblacs_set(context_, sums_repeat, &repeatable);
}

BlacsGrid::~BlacsGrid()
{
    if (unwinding_.now())
        return;
    Cblacs_gridexit(context_);
    Cfree_blacs_system_handle(handle_);
}

}  // namespace specsweep::linalg
