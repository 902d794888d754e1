#include "spectrum/method.hpp"

#include <array>

namespace specsweep::spectrum {
namespace {

constexpr std::array methods{Method::automatic,  Method::lapack_gram,       Method::lapack_qr,
                             Method::lanczos,    Method::two_stage_gram,    Method::group_two_stage,
                             Method::group_gram, Method::group_gram_panels, Method::group_qr,
                             Method::gesdd,      Method::group_gesvd};
constexpr std::array certificates{Certificate::probabilistic, Certificate::worst_case};

template <class Enum, std::size_t count>
std::optional<Enum> named(const std::array<Enum, count>& values, std::string_view text)
{
    for (const Enum value : values)
        if (name(value) == text)
            return value;
    return std::nullopt;
}

}  // namespace

std::string_view name(Certificate certificate)
{
    return certificate == Certificate::probabilistic ? "probabilistic" : "worst-case";
}

std::string_view name(Method method)
{
    switch (method) {
        case Method::automatic:
            return "auto";
        case Method::lapack_gram:
            return "gram-lapack";
        case Method::lapack_qr:
            return "qr-lapack";
        case Method::lanczos:
            return "lanczos";
        case Method::two_stage_gram:
            return "gram-two-stage";
        case Method::group_two_stage:
            return "gram-band";
        case Method::group_gram:
            return "gram-scalapack";
        case Method::group_gram_panels:
            return "gram-pdsytrd";
        case Method::group_qr:
            return "qr-scalapack";
        case Method::gesdd:
            return "dgesdd";
        case Method::group_gesvd:
            return "pdgesvd";
    }
    return "";
}

std::optional<Certificate> parse_certificate(std::string_view text)
{
    return named(certificates, text);
}

std::optional<Method> parse_method(std::string_view text)
{
    return named(methods, text);
}

std::span<const Method> all_methods()
{
    return methods;
}

}  // namespace specsweep::spectrum
