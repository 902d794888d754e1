#include "linalg/blas_library.hpp"

#include <dlfcn.h>

#include <atomic>
#include <mutex>

#include "base/format.hpp"
#include "base/log.hpp"

namespace specsweep::linalg {
namespace {

// Looked up at run time: which library stands behind libblas.so.3 is the administrator's choice (update-alternatives).
template <class Function>
Function* loaded_function(const char* symbol)
{
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol));
}

std::atomic<bool> threads_were_set{false};

}  // namespace

void set_blas_threads(int threads)
{
    threads_were_set = true;
    if (auto* set = loaded_function<void(int)>("openblas_set_num_threads"))
        set(threads);
    else if (auto* set_blis = loaded_function<void(long)>("bli_thread_set_num_threads"))
        set_blis(threads);
}

void prepare_blas()
{
    static std::once_flag once;
    std::call_once(once, [] {
        if (!threads_were_set)
            set_blas_threads(1);
        if (!blas_is_openblas())
            log_warning(
                "BLAS is not OpenBLAS (correct, but spectra may take ten times longer) install libopenblas-dev, "
                "or choose it with: update-alternatives --config libblas.so.3-x86_64-linux-gnu");
    });
}

bool blas_is_openblas()
{
    return loaded_function<char*()>("openblas_get_config") != nullptr;
}

std::string blas_description()
{
    auto* config = loaded_function<char*()>("openblas_get_config");
    if (config == nullptr)
        return "unknown BLAS";
    std::string text = config();
    if (auto* core = loaded_function<char*()>("openblas_get_corename"))
        text += fmt::format(" running {}", core());
    if (auto* count = loaded_function<int()>("openblas_get_num_threads"))
        text += fmt::format(", {} thread(s)", count());
    return text;
}

}  // namespace specsweep::linalg
