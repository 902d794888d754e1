#pragma once

#include <exception>
#include <optional>
#include <span>
#include <vector>

#include "spectrum/group_gram.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::spectrum {

/// A spectrum that a group has begun: the matrix is read and condensed to a band or a tridiagonal matrix that every
/// rank has whole. Source and workspace are free for the next one: the bands of several matrices wait for one another
/// and are then chased by as many ranks at once, where one alone would leave the others without work.
///
/// Nothing but the band is kept: 8·49·k bytes (cost::pending_bytes). A method that has no such matrix (pdgesvd, the
/// accurate path) is complete from the beginning. What comes out does not depend on how many wait together.
class BegunSpectrum {
public:
    /// Collective; faults end it on every rank (peer_failure.hpp). @param group must outlive this.
    BegunSpectrum(PanelSource& source, const SpectrumRequest& request, const RankGroup& group, Workspace& workspace);
    /// From a matrix that is condensed already.
    BegunSpectrum(CondensedGram gram, const SpectrumRequest& request, const RankGroup& group);

    /// The values of all, of one group, at once: those of the j-th on rank j mod g, then on every rank; who has none
    /// waits asleep. A fault stays with its spectrum, for finish() to throw. Collective.
    friend void find_values(std::span<BegunSpectrum* const> begun);

    /// Certificate and self-checks, after find_values(). Collective, once.
    /// @returns on rank 0 the spectrum, elsewhere one without values; on no rank one where the tolerance asks for the
    /// accurate path, which reads the matrix again: Method::group_qr.
    /// @throws what finding the values threw on the rank that did, PeerFailure on the others.
    std::optional<Spectrum> finish();

private:
    void share_values(int owner);

    const RankGroup& group_;
    SpectrumRequest request_;
    std::optional<Spectrum> complete_;
    CondensedGram gram_;
    std::vector<VerifiedEigenvalue> values_;
    std::exception_ptr fault_;  ///< of this rank
    bool failed_ = false;       ///< on any
};

void find_values(std::span<BegunSpectrum* const> begun);

}  // namespace specsweep::spectrum
