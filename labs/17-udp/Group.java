// SPDX-License-Identifier: 0BSD
// The slide's third socket: java Group.java hear, and in another terminal: java Group.java say news
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;

public class Group {
	static final int PORT = 14446;

	public static void main(String[] args) throws Exception {
		NetworkInterface here = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
		InetAddress group = InetAddress.getByName("239.1.2.3");

		if (args.length > 0 && args[0].equals("say")) {
			byte[] text = (args.length > 1 ? args[1] : "news").getBytes();

			try (MulticastSocket sock = new MulticastSocket()) { // a DatagramSocket would do
				sock.setNetworkInterface(here); // IP_MULTICAST_IF
				sock.send(new DatagramPacket(text, text.length, group, PORT)); // once, for all of them
			}
			return;
		}
		try (MulticastSocket sock = new MulticastSocket(PORT)) { // SO_REUSEADDR and bind
			DatagramPacket got = new DatagramPacket(new byte[512], 512);

			sock.joinGroup(new InetSocketAddress(group, PORT), here); // IP_ADD_MEMBERSHIP
			sock.receive(got);
			System.out.println("got " + new String(got.getData(), 0, got.getLength()));
		}
	}
}
