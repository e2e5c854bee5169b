// The TLS half of Asio, compiled once: BOOST_ASIO_SEPARATE_COMPILATION leaves it out of the rest.
#include <boost/asio/ssl/impl/src.hpp>
