#include "net/http.hpp"

#include <boost/url/grammar/ci_string.hpp>

namespace crmsync::net {

std::string_view to_string(Method method)
{
    switch (method) {
    case Method::get:
        return "GET";
    case Method::post:
        return "POST";
    case Method::patch:
        return "PATCH";
    case Method::put:
        return "PUT";
    case Method::delete_:
        return "DELETE";
    }
    return "GET";
}

std::string_view find(const Headers& headers, std::string_view name)
{
    for (const Header& header : headers)
        if (boost::urls::grammar::ci_is_equal(header.name, name))
            return header.value;
    return {};
}

} // namespace crmsync::net
