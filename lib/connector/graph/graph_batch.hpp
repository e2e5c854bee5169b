#pragma once

#include "connector/graph/graph_json.hpp"
#include "net/http.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::graph {

inline constexpr std::size_t batch_size = 20; ///< more are refused as a whole (G-270)

/// A request inside a batch.
struct Part {
    net::Method method = net::Method::get;
    std::string path; ///< behind /v1.0
    net::Headers headers;
    std::string body; ///< JSON text; empty: none
};

/// What became of one. The body's memory is shared with the other answers of its batch.
struct PartAnswer {
    int status = 0;
    net::Headers headers;
    DocumentPtr document;
    const boost::json::value* content = nullptr; ///< null: none, or dropped

    const boost::json::value& body() const;
    bool success() const { return status >= 200 && status < 300; }
};

enum class Bodies {
    kept,
    errors_only, ///< what a success carries is dropped while it is read
};

/// The text of a batch of `parts`, the n-th with the id n.
std::string batch_text(std::span<const Part* const> parts);

/// The answers in the order of the parts, whatever order they came in; nothing for one that is
/// missing. Throws Failure("graph.unreadable_answer", retry) where there is no list of answers.
std::vector<std::optional<PartAnswer>> read_batch(std::string_view text, std::size_t parts,
                                                  Bodies bodies);

/// The bytes of a `$value` part: base64 in a text (G-276), in the alphabet of Graph or that of
/// OData, padded or not. Nothing where that is not certain: text and JSON may stand there as they
/// are.
std::optional<std::string> binary_of(const PartAnswer& answer);

} // namespace crmsync::graph
